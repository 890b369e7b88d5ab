package org.xfchat.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Connections to this machine, all driven by one thread: what belongs to one client needs no locks, and costs little. */
final class LoadClient implements AutoCloseable {
    private static final int SECONDS = 30;

    private final EventLoopGroup loop = new NioEventLoopGroup(1);

    /** Begins to open a connection with these handlers. */
    ChannelFuture connect(int port, Supplier<ChannelHandler[]> handlers) {
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, SECONDS * 1_000)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(handlers.get());
                    }
                })
                .connect("127.0.0.1", port);
    }

    /** Runs something on the one thread. */
    void run(Runnable task) {
        loop.execute(task);
    }

    /** The same later. */
    void runAfter(long millis, Runnable task) {
        var unused = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** Writes; who waits for an answer hears of a failure by the connection's end. */
    static void write(Channel channel, Object message) {
        var unused = channel.writeAndFlush(message, channel.voidPromise());
    }

    static void cut(ChannelHandlerContext context) {
        var unused = context.close();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
