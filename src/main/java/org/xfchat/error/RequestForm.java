package org.xfchat.error;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/**
 * What the first line and {@code Host} of a request must look like (RFC 9112 sections 2.3 and 3.2): a proxy before us may have
 * read them otherwise than the libraries do that let these pass, and then it is two different requests.
 */
final class RequestForm {
    /** Of {@code GET / HTTP/1.1} what is neither the method nor the address. */
    private static final int PROTOCOL_AND_SPACES = "  HTTP/1.1".length();

    private RequestForm() {}

    /** What is wrong, as one sentence without a full stop; empty where nothing is. */
    static Optional<String> wrong(HttpServerRequest request) {
        HttpVersion version = request.version();
        if (version == null) {
            return Optional.of("The protocol must be HTTP/1.1, HTTP/1.0 or HTTP/2");
        }
        if (version != HttpVersion.HTTP_2 && !isCanonical(request)) {
            return Optional.of("There must be one space before and one behind the address");
        }
        int hosts = request.headers().getAll(HttpHeaders.HOST).size();
        if (hosts > 1) {
            return Optional.of("There must be one Host");
        }
        return hosts == 0 && version == HttpVersion.HTTP_1_1 ? Optional.of("There must be a Host") : Optional.empty();
    }

    /** Whether the first line has nothing beside its three words and the two spaces between them. */
    private static boolean isCanonical(HttpServerRequest request) {
        return !(request.decoderResult() instanceof HttpMessageDecoderResult read)
                || read.initialLineLength()
                        == request.method().name().length() + request.uri().length() + PROTOCOL_AND_SPACES;
    }

    /** Lets the answer to a protocol that is none be one of HTTP/1.1: the library gives back what was asked with. */
    static void answerAsHttp11(HttpServerRequest request) {
        ChannelPipeline pipeline =
                ((ConnectionBase) request.connection()).channel().pipeline();
        if (pipeline.get(Version.class) == null) {
            // Beside the handler that writes answers, so that these come by here before they are encoded.
            pipeline.addBefore("handler", Version.class.getName(), new Version());
        }
    }

    private static final class Version extends ChannelDuplexHandler {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
            if (message instanceof HttpResponse response) {
                response.setProtocolVersion(io.netty.handler.codec.http.HttpVersion.HTTP_1_1);
            }
            var unused = context.write(message, written);
        }
    }
}
