package org.xfchat.body;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Reads new connections a few at a time. An event loop reads every connection once that has something for it before it reads one a
 * second time; when thousands come back at once, each with a request, whoever is connected already would wait for all of them. New
 * ones wait here instead, in the order in which they came, and between any few of them everybody else is read.
 */
@Sharable
final class NewConnections extends ChannelInboundHandlerAdapter {
    private static final String NAME = NewConnections.class.getName();

    /** How many are read for the first time before all others are read again. */
    private static final int AT_ONCE = 16;

    /** After this time the next few may be: with an idle event loop 16,000 in a second. */
    private static final long PAUSE_MILLIS = 1;

    /** Of the connections that one event loop serves; touched by its thread alone. */
    private static final class Turns {
        private final Deque<Channel> waiting = new ArrayDeque<>();
        private int left = AT_ONCE;
        private boolean renews;

        /** Whether it may be read now; if not it is later. */
        boolean take(Channel channel) {
            if (!renews) {
                renews = true;
                renewLater(channel.eventLoop());
            }
            if (left > 0 && waiting.isEmpty()) {
                left--;
                return true;
            }
            waiting.add(channel);
            return false;
        }

        private void renewLater(EventLoop loop) {
            var unused = loop.schedule(() -> renew(loop), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void renew(EventLoop loop) {
            left = AT_ONCE;
            while (left > 0 && !waiting.isEmpty()) {
                Channel next = waiting.remove();
                if (next.isActive()) {
                    left--;
                    next.config().setAutoRead(true);
                }
            }
            renews = left < AT_ONCE;
            if (renews) {
                renewLater(loop);
            }
        }
    }

    private final FastThreadLocal<Turns> turns = new FastThreadLocal<>() {
        @Override
        protected Turns initialValue() {
            return new Turns();
        }
    };

    /** Watches the socket that this connection was accepted by, if it is not watched already. */
    static void watch(Channel connection) {
        Channel server = connection.parent();
        if (server == null || server.pipeline().get(NAME) != null) {
            return;
        }
        synchronized (server) {
            if (server.pipeline().get(NAME) == null) {
                server.pipeline().addFirst(NAME, new NewConnections());
            }
        }
    }

    /** Of the server's socket: a connection was accepted. Of that connection: it belongs to an event loop now. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof Channel accepted) {
            accepted.pipeline().addFirst(NAME, new First());
        }
        super.channelRead(context, message);
    }

    /** Of one connection, until it is open. */
    private final class First extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) throws Exception {
            Channel channel = context.channel();
            if (!turns.get().take(channel)) {
                channel.config().setAutoRead(false);
            }
            super.channelActive(context);
            context.pipeline().remove(this);
        }
    }
}
