package org.xfchat.packaged;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes traces as OTLP over gRPC (opentelemetry-proto, {@code TraceService/Export}) and keeps them as they came. */
final class Collector implements AutoCloseable {
    private static final String EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    /** gRPC over HTTP/2: not compressed, a length of zero, which is an empty answer. */
    private static final byte[] EMPTY_MESSAGE = new byte[5];

    private final Vertx vertx = Vertx.vertx();
    private final List<Buffer> exports = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    Collector() {
        server = vertx.createHttpServer()
                .requestHandler(this::take)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            if (request.path().equals(EXPORT)) {
                exports.add(body);
            }
            request.response()
                    .putHeader("content-type", "application/grpc")
                    .putTrailer("grpc-status", "0")
                    .end(Buffer.buffer(EMPTY_MESSAGE));
        });
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    /** Whether spans of this trace have come, of a service of this name. */
    boolean has(String traceId, String service) {
        String id = new String(HexFormat.of().parseHex(traceId), StandardCharsets.ISO_8859_1);
        return exports.stream()
                .map(export -> export.toString(StandardCharsets.ISO_8859_1))
                .anyMatch(export -> export.contains(id) && export.contains(service));
    }

    /** Whether any span has this text, such as a statement. */
    boolean says(String text) {
        return exports.stream()
                .anyMatch(export -> export.toString(StandardCharsets.ISO_8859_1).contains(text));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
