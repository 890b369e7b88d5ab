package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Extent;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** A sign-up that is stored after its client was told 503: the log says so, and the client may simply try again. */
class LateSignUpIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();

    private CompletableFuture<HttpResponse<String>> signUp(Service service) throws IOException {
        String body = new ObjectMapper()
                .writeValueAsString(
                        Map.of("username", "late", "email", "late@example.test", "password", "a good password"));
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + "/api/auth/signup"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void isAnsweredLikeTheFirst() throws IOException, SQLException {
        try (OwnServer server = OwnServer.start()) {
            String database = server.migratedDatabase();
            Map<String, String> settings = Service.settings(server.url(database) + "?options=-c%20lock_timeout%3D60s");
            settings.put("DATABASE_STATEMENT_TIMEOUT", "60s");
            settings.put("XFCHAT_HTTP_DEADLINE", Extent.of("8S", "10S"));
            try (Service service = Service.serve(settings).awaitReady()) {
                try (Connection other = server.connect(database);
                        Statement lock = other.createStatement()) {
                    other.setAutoCommit(false);
                    lock.execute("lock table users in share mode");
                    assertThat(signUp(service).join().statusCode()).isEqualTo(503);
                    assertThat(service.lines())
                            .anyMatch(line -> line.contains("unavailable answered with 503")
                                    && line.contains("the deadline was reached while it was being stored"));
                    other.rollback();
                }
                await("it is stored all the same")
                        .atMost(SOON)
                        .until(() -> server.ask(database, "select username from users")
                                .contains("late"));
                String id = server.ask(database, "select id from users").get(0);
                HttpResponse<String> again = signUp(service).join();
                assertThat(again.statusCode()).isEqualTo(200);
                assertThat(new ObjectMapper()
                                .readTree(again.body())
                                .at("/user/id")
                                .asText())
                        .isEqualTo(id);
                assertThat(server.ask(database, "select id from users")).containsExactly(id);
            }
        }
    }
}
