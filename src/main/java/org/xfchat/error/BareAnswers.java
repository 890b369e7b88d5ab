package org.xfchat.error;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gives a body and the usual headers to the answers that the HTTP library gives by itself, before there is a request: to what is
 * no HTTP, an address that is none, an address or headers that are too long. The connection ends after them. There is no other way in: the library takes
 * another handler for such requests only from whoever makes the server, which is the framework.
 */
@RegisterForReflection
public final class BareAnswers extends ChannelInitializerExtension {
    /** What every answer tells browsers; application.properties has the same for everything that comes as far as the filters. */
    static final Map<String, String> CONSTANT_HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

    /** Such an answer is shorter; one of ours is longer, because of its headers. */
    private static final int LONGEST = 120;

    private static final int SHORTEST = "HTTP/1.1 400 ".length();

    private static final Pattern BARE = Pattern.compile(
            "HTTP/1\\.[01] (?<status>400|414|431) (?<reason>[^\\r\\n]*)\\r\\n(?:(?:connection: close|content-length: 0)\\r\\n)*\\r\\n",
            Pattern.CASE_INSENSITIVE);

    private static final Map<String, String> SENTENCES = Map.of(
            "400", ErrorCode.INVALID_REQUEST.title(),
            "414", "The address is too long",
            "431", "The headers are too large");

    /** Netty's switch for extensions that it finds by their name. */
    private static final String SWITCH = "io.netty.bootstrap.extensions";

    private final Writer writer = new Writer();

    /** Made by Netty, once. */
    public BareAnswers() {}

    /** Before the first port is opened. */
    static void switchOn() {
        System.setProperty(SWITCH, "serviceload");
    }

    @Override
    public void postInitializeServerChildChannel(Channel child) {
        child.pipeline().addFirst(writer);
    }

    @ChannelHandler.Sharable
    private static final class Writer extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise written) throws Exception {
            Object better = message;
            ChannelPromise end = written;
            if (message instanceof ByteBuf bytes
                    && bytes.readableBytes() < LONGEST
                    && bytes.readableBytes() > SHORTEST
                    && bytes.getByte(bytes.readerIndex()) == 'H') {
                Matcher bare = BARE.matcher(bytes.toString(StandardCharsets.US_ASCII));
                if (bare.matches()) {
                    better = context.alloc().buffer().writeBytes(answer(bare.group("status"), bare.group("reason")));
                    bytes.release();
                    // To a HEAD it has one byte too many; nothing may follow in any case.
                    end = written.unvoid().addListener(ChannelFutureListener.CLOSE);
                }
            }
            super.write(context, better, end);
            if (better != message) {
                context.pipeline().addFirst(new Silence(end));
            }
        }
    }

    /** Nothing follows the last answer, whatever was read meanwhile. */
    private static final class Silence extends ChannelOutboundHandlerAdapter {
        private final ChannelPromise answered;

        Silence(ChannelPromise answered) {
            this.answered = answered;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
            boolean unused = ReferenceCountUtil.release(message);
            // It may be the end of the answer itself, with nothing in it, after whose success the connection is closed.
            if (!written.isVoid()) {
                answered.addListener(done -> written.trySuccess());
            }
        }
    }

    private static String lines(Map<String, String> headers) {
        return headers.entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                .collect(Collectors.joining());
    }

    /** As text: what the client would rather have is not known. */
    private static byte[] answer(String status, String reason) {
        String body = Objects.requireNonNull(SENTENCES.get(status));
        return ("HTTP/1.1 " + status + " " + reason + "\r\n"
                        + "Connection: close\r\n"
                        + "Content-Type: text/plain;charset=UTF-8\r\n"
                        + "Cache-Control: no-store\r\n"
                        + lines(CONSTANT_HEADERS)
                        + RequestId.HEADER + ": " + RequestId.next() + "\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
