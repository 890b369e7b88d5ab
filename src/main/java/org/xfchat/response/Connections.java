package org.xfchat.response;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jboss.logging.Logger;

/** How a response ends that is not complete. */
public final class Connections {
    private static final Logger LOG = Logger.getLogger(Connections.class);

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
        if (request.version() == HttpVersion.HTTP_2 && channel.isActive() && channel.isWritable()) {
            request.response().reset(CANCEL);
            return;
        }
        if (!channel.isWritable()) {
            linger(channel, 0);
        }
        // Below Vert.x, which would first send what a stalled reader does not take.
        ChannelFuture unused = connection.channelHandlerContext().close();
    }

    /**
     * Lets an answer over HTTP/1.0 end with a reset, whoever ends it, a killed process too: nothing but the end of the connection
     * says there that an answer is complete, so that one that is not must not end in order (RFC 9112 section 8).
     */
    public static void resetAtEnd(HttpServerRequest request) {
        lingerOverHttp10(request, 0);
    }

    /** Takes that back for an answer that is complete after all. */
    public static void endInOrder(HttpServerRequest request) {
        lingerOverHttp10(request, -1);
    }

    private static void lingerOverHttp10(HttpServerRequest request, int seconds) {
        if (request.version() == HttpVersion.HTTP_1_0 && request.connection() instanceof ConnectionBase connection) {
            linger(connection.channel(), seconds);
        }
    }

    /** Neither would the kernel wait for a reader that does not read; of a socket that is closed nobody need say so. */
    private static void linger(Channel channel, int seconds) {
        try {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, seconds);
            }
        } catch (ChannelException closedMeanwhile) {
            LOG.debug("the client is gone", closedMeanwhile);
        }
    }

    /** Whether nothing can be sent any more. From any thread. */
    public static boolean isClosed(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase connection
                && !connection.channel().isActive();
    }

    /**
     * Lets the kernel keep no more than this of what the client has not taken, so that it is known how fast that is. Of HTTP/2,
     * whose streams share a connection, nothing.
     */
    public static void limitSendBuffer(HttpServerRequest request, int bytes) {
        if (request.version() != HttpVersion.HTTP_2 && request.connection() instanceof ConnectionBase connection) {
            try {
                connection.channel().config().setOption(ChannelOption.SO_SNDBUF, bytes);
            } catch (ChannelException closedMeanwhile) {
                LOG.debug("the client is gone", closedMeanwhile);
            }
        }
    }
}
