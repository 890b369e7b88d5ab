package org.xfchat.answer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** How a response ends that is not complete. */
public final class Connections {
    /** RFC 9113 section 7, CANCEL: not an end. */
    private static final long CANCEL = 0x8;

    private Connections() {}

    /**
     * Cuts a response so that its client knows that there would have been more, and that nothing of it stays in memory: the
     * stream alone over HTTP/2, while the connection takes what is written to it, else the connection. From any thread.
     */
    public static void cut(HttpServerRequest request) {
        if (!(request.connection() instanceof ConnectionBase connection)) {
            return;
        }
        Channel channel = connection.channel();
        if (request.version() == HttpVersion.HTTP_2 && channel.isWritable()) {
            request.response().reset(CANCEL);
            return;
        }
        if (!channel.isWritable()) {
            // Neither would the kernel wait for a reader that does not read.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // Below Vert.x, which would first send what a stalled reader does not take.
        ChannelFuture unused = connection.channelHandlerContext().close();
    }
}
