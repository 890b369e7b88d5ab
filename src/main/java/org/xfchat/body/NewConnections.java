package org.xfchat.body;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Reads new connections a few at a time. An event loop reads every connection once that has something for it before it reads one a
 * second time; when thousands come back at once, each with a request, whoever is connected already would wait for all of them. New
 * ones wait here instead, in the order in which they came, and between any few of them everybody else is read.
 *
 * <p>With TLS and over HTTP/2 it is the first packet that waits, which costs most. Netty makes the one object and asks it for every
 * connection that is accepted ({@code META-INF/services}).
 */
@RegisterForReflection
public final class NewConnections extends ChannelInitializerExtension {
    /** How many are read for the first time before all others are read again. */
    private static final int AT_ONCE = 16;

    /** Of those who wait, at least one part in so many: whatever they come for, and however fast, the others wait seconds at most. */
    private static final int PARTS = 64;

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
            renews = true;
        }

        private void renew(EventLoop loop) {
            // Whatever is thrown here, the next connection begins anew.
            renews = false;
            int turns = Math.max(AT_ONCE, waiting.size() / PARTS);
            left = turns;
            while (left > 0 && !waiting.isEmpty()) {
                Channel next = waiting.remove();
                if (next.isActive()) {
                    left--;
                    next.config().setAutoRead(true);
                }
            }
            if (left < turns) {
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

    /** Made by Netty, once. */
    public NewConnections() {}

    @Override
    public void postInitializeServerChildChannel(Channel child) {
        child.pipeline().addFirst(new First());
    }

    /** Of one connection, until an event loop has it. */
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
