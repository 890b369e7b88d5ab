package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Endpoints;
import org.xfchat.testing.Extent;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** Every endpoint requires the database: without it each says so, in time, and none makes something up. */
class NoHandlerWithoutDatabaseIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** The ten seconds that a request has, and one for a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(25);

    private static final String ID = UUID.randomUUID().toString();
    private static final String HEALTH = "GET /(api/)?health";

    /** What each that reads a body is sent; a new endpoint without one is refused for that, and fails the test. */
    private static final Map<String, String> BODIES = Map.of(
            "POST /api/auth/signup",
            "{\"username\":\"somebody\",\"email\":\"somebody@example.test\",\"password\":\"correct horse\"}",
            "POST /api/auth/login",
            "{\"username\":\"somebody\",\"password\":\"correct horse\"}",
            "DELETE /api/auth/me",
            "{\"password\":\"correct horse\"}",
            "POST /api/friends/request",
            "{\"to_email\":\"somebody@example.test\"}",
            "POST /api/friends/respond",
            "{\"request_id\":\"" + ID + "\",\"accept\":true}",
            "PUT /chat",
            "{\"text\":\"hello\"}",
            "POST /typing",
            "{\"is_typing\":true}",
            "PUT /sync/conversations/{conversation}/messages/{message}",
            "{\"content\":\"hello\"}");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();

    @Test
    void answersWithoutTheDatabase() {
        try (OwnServer server = OwnServer.start();
                Service service = Service.serve(Service.settings(
                                server.url(server.migratedDatabase()),
                                "DATABASE_ACQUIRE_TIMEOUT",
                                Extent.of("3s", "5s")))
                        .awaitReady()) {
            Client client = new Client(service);
            Client.Account account = client.signUp();
            server.stop();
            await().atMost(LIMIT).until(() -> client.get("/health").statusCode() == 503);

            // All at once: each waits for a connection as long as it may.
            Map<String, CompletableFuture<HttpResponse<String>>> answers = new TreeMap<>();
            for (String endpoint : Endpoints.all()) {
                answers.put(endpoint, ask(service, account, endpoint));
            }
            answers.forEach((endpoint, pending) -> {
                HttpResponse<String> answer = pending.join();
                assertThat(answer.statusCode())
                        .as("%s: %s", endpoint, answer.body())
                        .isEqualTo(503);
                if (!endpoint.matches(HEALTH)) {
                    assertThat(answer.headers().firstValue("Retry-After"))
                            .as(endpoint)
                            .isPresent();
                    assertThat(answer.body()).as(endpoint).contains("\"code\":\"unavailable\"");
                }
            });
            assertThat(client.get("/q/health/live").statusCode()).isEqualTo(200);
        }
    }

    private CompletableFuture<HttpResponse<String>> ask(Service service, Client.Account account, String endpoint) {
        String[] parts = endpoint.split(" ", -1);
        String path = parts[1];
        while (path.contains("{")) {
            path = path.replaceFirst("\\{[^}]+}", UUID.randomUUID().toString());
        }
        String body = BODIES.get(endpoint);
        HttpRequest.Builder request = HttpRequest.newBuilder(service.uri(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + account.token())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(parts[0], body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (path.equals("/realtime")) {
            request.header("Subscribe", "true");
        }
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }
}
