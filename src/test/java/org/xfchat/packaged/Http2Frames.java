package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Frames of HTTP/2 as a client may send them, in any order and number (RFC 9113 section 6). */
final class Http2Frames {
    private static final int FRAME_HEADER = 9;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final Http2FrameWriter writer =
            new DefaultHttp2FrameWriter(new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true));
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Begins as a client that knows that the server speaks it. */
    Http2Frames() {
        bytes.writeBytes(take(Http2CodecUtil.connectionPrefaceBuf()));
    }

    private static byte[] take(ByteBuf buffer) {
        byte[] taken = new byte[buffer.readableBytes()];
        buffer.readBytes(taken);
        buffer.release();
        return taken;
    }

    private ChannelHandlerContext to() {
        return channel.pipeline().lastContext();
    }

    private Http2Frames written(ChannelFuture frame) {
        assertThat(frame.cause()).isNull();
        return this;
    }

    /** All so far, once. */
    byte[] bytes() {
        channel.flush();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes.writeBytes(take(out));
        }
        byte[] all = bytes.toByteArray();
        bytes.reset();
        return all;
    }

    static Http2Headers get(String path, String token) {
        return request("GET", path).add("authorization", "Bearer " + token);
    }

    static Http2Headers request(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .path(path)
                .scheme("http")
                .authority("127.0.0.1");
    }

    Http2Frames settings(Http2Settings settings) {
        return written(writer.writeSettings(to(), settings, channel.newPromise()));
    }

    Http2Frames ping(long data) {
        return written(writer.writePing(to(), false, data, channel.newPromise()));
    }

    Http2Frames headers(int stream, Http2Headers headers, boolean last) {
        return written(writer.writeHeaders(to(), stream, headers, 0, last, channel.newPromise()));
    }

    Http2Frames data(int stream, byte[] data, boolean last) {
        return written(writer.writeData(to(), stream, Unpooled.wrappedBuffer(data), 0, last, channel.newPromise()));
    }

    Http2Frames reset(int stream) {
        return written(writer.writeRstStream(to(), stream, 8, channel.newPromise()));
    }

    /** A frame of any type with any flags, and longer than a server takes it if need be, which Netty's writer refuses to write. */
    Http2Frames frame(byte type, int stream, int flags, byte[] payload) {
        bytes.writeBytes(bytes());
        ByteBuf head = Unpooled.buffer(Http2CodecUtil.FRAME_HEADER_LENGTH);
        head.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
        bytes.writeBytes(take(head));
        bytes.writeBytes(payload);
        return this;
    }

    /** What a server has announced of a setting (RFC 9113 section 6.5.1), -1 where nothing. */
    static long setting(byte[] received, int id) {
        long value = -1;
        for (int at = 0; at + FRAME_HEADER <= received.length; ) {
            int length = ((received[at] & 0xff) << 16) | ((received[at + 1] & 0xff) << 8) | (received[at + 2] & 0xff);
            for (int entry = at + FRAME_HEADER;
                    received[at + 3] == Http2FrameTypes.SETTINGS && entry < at + FRAME_HEADER + length;
                    entry += 6) {
                ByteBuf pair = Unpooled.wrappedBuffer(received, entry, 6);
                value = pair.readUnsignedShort() == id ? pair.readUnsignedInt() : value;
            }
            at += FRAME_HEADER + length;
        }
        return value;
    }

    /** The error codes of the GOAWAY frames in what a server sent. */
    static List<Integer> goneAway(byte[] received) {
        List<Integer> codes = new ArrayList<>();
        for (int at = 0; at + FRAME_HEADER <= received.length; ) {
            int length = ((received[at] & 0xff) << 16) | ((received[at + 1] & 0xff) << 8) | (received[at + 2] & 0xff);
            if (received[at + 3] == Http2FrameTypes.GO_AWAY && at + FRAME_HEADER + 8 <= received.length) {
                codes.add(Unpooled.wrappedBuffer(received).getInt(at + FRAME_HEADER + 4));
            }
            at += FRAME_HEADER + length;
        }
        return codes;
    }

    /** The streams that a server reset with that error code. */
    static List<Integer> resets(byte[] received, int code) {
        List<Integer> streams = new ArrayList<>();
        for (int at = 0; at + FRAME_HEADER <= received.length; ) {
            int length = ((received[at] & 0xff) << 16) | ((received[at + 1] & 0xff) << 8) | (received[at + 2] & 0xff);
            ByteBuf frame = Unpooled.wrappedBuffer(received);
            if (received[at + 3] == Http2FrameTypes.RST_STREAM
                    && at + FRAME_HEADER + 4 <= received.length
                    && frame.getInt(at + FRAME_HEADER) == code) {
                streams.add(frame.getInt(at + 5));
            }
            at += FRAME_HEADER + length;
        }
        return streams;
    }
}
