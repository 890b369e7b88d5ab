package org.xfchat.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.util.UUID;
import org.xfchat.auth.TestTokens;
import org.xfchat.auth.Tokens;
import org.xfchat.message.LogResource;
import org.xfchat.testing.TestDatabase;

/** A program that verifies a token, reads a message's JSON and answers as the service does. It writes its port to its output. */
final class PlainServer extends AbstractVerticle {
    /** The same one for every instance. */
    private static final int ANY_PORT = -1;

    private final Tokens tokens;
    private final ObjectMapper json = new ObjectMapper();

    private PlainServer(Tokens tokens) {
        this.tokens = tokens;
    }

    public static void main(String[] arguments) {
        Tokens tokens = TestTokens.signedWith(TestDatabase.JWT_SECRET);
        Vertx vertx = Vertx.vertx();
        vertx.deployVerticle(
                        () -> new PlainServer(tokens),
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors()))
                .onFailure(failed -> {
                    failed.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(ANY_PORT, "127.0.0.1")
                .onSuccess(server -> System.out.println(server.actualPort()))
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void answer(HttpServerRequest request) {
        tokens.verify(request.getHeader("Authorization").substring("Bearer ".length()));
        request.body()
                .onSuccess(body -> answer(request, body))
                .onFailure(gone -> request.connection().close());
    }

    private void answer(HttpServerRequest request, Buffer body) {
        try {
            LogResource.Message message = json.readValue(body.getBytes(), LogResource.Message.class);
            String path = request.path();
            UUID id = UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
            String version = "\"" + id + "\"";
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Version", version)
                    .putHeader("Current-Version", version)
                    .setStatusCode(message.content().isEmpty() ? 422 : 200)
                    .end(Buffer.buffer(json.writeValueAsBytes(new LogResource.Stored(true, id, id.toString(), null))));
        } catch (IOException malformed) {
            throw new DecodeException("no message", malformed);
        }
    }
}
