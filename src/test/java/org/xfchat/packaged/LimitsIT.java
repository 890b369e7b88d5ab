package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Service;

/** Limits as they are by default, of two replicas. */
class LimitsIT {
    private static int logIn(Service service, String name) {
        return new Client(service)
                .send(HttpRequest.newBuilder(service.uri("/api/auth/login"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                "{\"username\":\"" + name + "\",\"password\":\"not the right one\"}")))
                .statusCode();
    }

    @Test
    void wrongPasswordsAreCountedForAllReplicas() {
        try (Replicas replicas = Replicas.start(2, Map.of("LIMITS", "on"))) {
            Client.Account account = replicas.signUp(1).get(0);
            String known = replicas.server()
                    .ask(replicas.database(), "select username from users where id = '" + account.id() + "'")
                    .get(0);
            String unknown = "n" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
            // Each refusal takes its time.
            List<CompletableFuture<List<Integer>>> tries = Stream.of(known, unknown)
                    .map(name -> CompletableFuture.supplyAsync(() -> IntStream.range(0, 13)
                            .mapToObj(i -> logIn(replicas.get(i % 2), name))
                            .toList()))
                    .toList();
            assertThat(tries).allSatisfy(each -> {
                List<Integer> statuses = each.join();
                assertThat(statuses.subList(0, 10)).containsOnly(401);
                assertThat(statuses.subList(10, 13)).containsOnly(429);
            });
            assertThat(replicas.server().ask(replicas.database(), "select address || failures from login_failures"))
                    .hasSize(4);
        }
    }

    @Test
    void aBurstOfMessagesGoesThroughAndWhatFollowsIsSlow() {
        try (Replicas replicas = Replicas.start(1, Map.of("LIMITS", "on"))) {
            Client.Account account = replicas.signUp(1).get(0);
            UUID conversation = replicas.conversationOf(List.of(account));
            Client client = new Client(replicas.get(0));
            long start = System.nanoTime();
            for (int i = 0; i < 240; i++) {
                HttpResponse<String> answer = client.put(account, conversation, UUID.randomUUID());
                assertThat(answer.statusCode()).isEqualTo(200);
            }
            // Two hundred at once; the others twenty a second.
            assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(1.9);
            assertThat(client.get("/q/metrics").body())
                    .contains("xfchat_limit_delayed_total{action=\"message\"}")
                    .contains("xfchat_limit_buckets{action=\"message\"} 1.0");
        }
    }

    @Test
    void offNobodyIsSlowedDown() {
        try (Replicas replicas = Replicas.start(1, Map.of())) {
            Client.Account account = replicas.signUp(1).get(0);
            UUID conversation = replicas.conversationOf(List.of(account));
            Client client = new Client(replicas.get(0));
            for (int i = 0; i < 240; i++) {
                assertThat(client.put(account, conversation, UUID.randomUUID()).statusCode())
                        .isEqualTo(200);
            }
            assertThat(IntStream.range(0, 12).mapToObj(i -> logIn(replicas.get(0), "nobody")))
                    .containsOnly(401);
            assertThat(client.get("/q/metrics").body()).contains("xfchat_limit_delayed_total{action=\"message\"} 0.0");
        }
    }
}
