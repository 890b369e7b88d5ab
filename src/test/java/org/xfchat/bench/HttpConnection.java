package org.xfchat.bench;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A connection that is kept, with one request at a time. Of its client's thread. */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpResponse> {
    /** Instead of a status, where the connection ended. */
    static final int CUT = -1;

    private static final int LARGEST = 64 << 20;

    /** What is asked: an address, whose token, and a body, empty for none. */
    record Request(HttpMethod method, String path, String token, String body) {
        static Request get(String path, String token) {
            return new Request(HttpMethod.GET, path, token, "");
        }

        static Request put(String path, String token, String body) {
            return new Request(HttpMethod.PUT, path, token, body);
        }

        static Request post(String path, String body) {
            return new Request(HttpMethod.POST, path, "", body);
        }

        private FullHttpRequest encode() {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            FullHttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, Unpooled.wrappedBuffer(bytes));
            request.headers().set(HttpHeaderNames.HOST, "127.0.0.1");
            if (!token.isEmpty()) {
                request.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
            }
            if (bytes.length > 0) {
                request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                request.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
            }
            return request;
        }
    }

    private final Channel channel;
    private @Nullable IntConsumer answered;

    private HttpConnection(LoadClient client, int port) {
        this.channel = client.connect(port, () ->
                        new ChannelHandler[] {new HttpClientCodec(), new HttpObjectAggregator(LARGEST), this})
                .syncUninterruptibly()
                .channel();
    }

    static HttpConnection open(LoadClient client, int port) {
        return new HttpConnection(client, port);
    }

    /** Sends the next request; {@code status} gets its answer's, or {@link #CUT}. */
    void send(Request request, IntConsumer status) {
        if (!channel.isActive()) {
            status.accept(CUT);
            return;
        }
        answered = status;
        LoadClient.write(channel, request.encode());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        answer(response.status().code());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        answer(CUT);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LoadClient.cut(context);
    }

    private void answer(int status) {
        IntConsumer whose = answered;
        if (whose != null) {
            answered = null;
            whose.accept(status);
        }
    }

    void close() {
        channel.close().syncUninterruptibly();
    }
}
