package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.restassured.RestAssured;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.realtime.Follower;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.Person;
import org.xfchat.testing.PgBouncer;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;

/** Everything works through PgBouncer in transaction mode, and what it cuts comes again. */
class PgBouncerIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String MISSING = PgBouncer.missing() + RolesScript.missing();

    private static @Nullable PooledReplicas started;

    private PooledReplicas pooled;
    private List<Client.Account> accounts;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private UUID conversation;

    @BeforeEach
    void meet() {
        // Of each test, because a class that is skipped as a whole is not counted.
        assumeTrue(MISSING.isEmpty(), MISSING);
        if (started == null) {
            started = PooledReplicas.start();
        }
        pooled = started;
        accounts = pooled.replicas().signUp(2);
        conversation = pooled.replicas().conversationOf(accounts);
    }

    @AfterAll
    static void end() {
        if (started != null) {
            started.close();
        }
    }

    @AfterEach
    void leave() {
        subscribers.forEach(Subscriber::close);
    }

    private void follow(List<Service> at) {
        for (int i = 0; i < at.size(); i++) {
            var subscription = Replicas.subscription(accounts.get(i), conversation, at.get(i));
            subscribers.add(SseSubscriber.open(subscription, "0"));
            subscribers.add(BraidSubscriber.open(subscription, conversation.toString()));
        }
        subscribers.forEach(subscriber -> subscriber.awaitConnected(SOON));
    }

    private static void awaitListening(Service service, String value) {
        await("listening " + value)
                .atMost(SOON)
                .until(() -> new Client(service)
                        .get("/q/metrics")
                        .body()
                        .lines()
                        .anyMatch(line ->
                                line.startsWith("xfchat_signal_listening") && line.endsWith(" " + value + ".0")));
    }

    @Test
    void manyClientsSendAtOnceAndEverybodyGetsEverything() throws SQLException {
        follow(pooled.listening());
        for (Service service : pooled.listening()) {
            awaitListening(service, "1");
        }
        try (Writers writers = Writers.storm(pooled.listening(), accounts, conversation, 24, 20)) {
            for (Service service : pooled.replicas().all()) {
                Client client = new Client(service);
                client.signUp();
                assertThat(client.get("/q/health/ready").statusCode()).isEqualTo(200);
            }
            writers.awaitDone(SOON).checkStored(pooled.replicas().stored(conversation));
        }
        pooled.replicas().checkDelivered(conversation, subscribers);
        pooled.checkNothingIsLeftBehind();
    }

    @Test
    void restartedAndPausedUnderLoad() throws SQLException {
        follow(pooled.listening());
        try (Writers writers = Writers.steady(pooled.listening(), accounts, conversation)) {
            writers.awaitMore(20, SOON);
            pooled.pooler().kill();
            await("a 503").atMost(SOON).until(() -> {
                HttpResponse<String> answer =
                        new Client(pooled.listening().get(0)).put(accounts.get(0), conversation, UUID.randomUUID());
                return answer.statusCode() == 503
                        && answer.headers().firstValue("Retry-After").isPresent();
            });
            pooled.pooler().startAgain();
            writers.awaitMore(20, SOON);
            pooled.pooler().pause();
            await("the pause").atMost(SOON).until(() -> pooled.pooler().log().contains("SIGUSR1"));
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(
                    () -> new Client(pooled.listening().get(1))
                            .put(accounts.get(1), conversation, UUID.randomUUID())
                            .statusCode());
            pooled.pooler().resume();
            writers.awaitMore(20, SOON);
            assertThat(waiting.join()).isIn(200, 503);
            writers.stopAndCheck();
            assertThat(pooled.replicas().stored(conversation)).containsAll(writers.acknowledged());
        }
        pooled.replicas().checkDelivered(conversation, subscribers);
        assertThat(subscribers)
                .allSatisfy(subscriber -> assertThat(subscriber.ends()).isEmpty());
        pooled.checkNothingIsLeftBehind();
    }

    @Test
    void whoHasNoWayPastItGetsTheOthersMessagesWithThePollAndTheyGetHis() throws SQLException {
        awaitListening(pooled.polling(), "0");
        List<Service> both = List.of(pooled.polling(), pooled.listening().get(0));
        follow(both);
        for (int i = 1; i <= 4; i++) {
            HttpResponse<String> answer =
                    new Client(both.get(i % 2)).put(accounts.get(0), conversation, UUID.randomUUID());
            assertThat(answer.statusCode()).isEqualTo(200);
            for (Subscriber subscriber : subscribers) {
                // The poll comes every second; more for a busy machine.
                subscriber.awaitSize(i, Duration.ofSeconds(60));
            }
        }
        pooled.replicas().checkDelivered(conversation, subscribers);

        RestAssured.port = both.get(0).port();
        Person ann = Person.signUpNow();
        Person bob = Person.signUpNow();
        Map<String, Object> typing = Map.of("is_typing", true, "conversation_id", ann.befriend(bob));
        try (Follower near = Follower.open(both.get(0).port(), bob.token(), "?types=typing");
                Follower far = Follower.open(both.get(1).port(), bob.token(), "?types=typing")) {
            for (Service service : both) {
                ann.request()
                        .port(service.port())
                        .body(typing)
                        .post("/typing")
                        .then()
                        .statusCode(200);
            }
            // Each its own, in this order: what happened at the one before did not come across.
            near.await("typing");
            far.await("typing");
            assertThat(near.all("typing")).hasSize(1);
            assertThat(far.all("typing")).hasSize(1);
        }
        pooled.checkNothingIsLeftBehind();
    }

    @Test
    void whatNeedsASessionIsRefusedThroughIt() {
        Map<String, String> settings = new HashMap<>(Service.settings(pooled.url()));
        CompletableFuture<String> withoutDirect =
                CompletableFuture.supplyAsync(() -> Refusal.ofProcess(settings).line());
        Map<String, String> both = new HashMap<>(settings);
        both.put("DATABASE_DIRECT_URL", settings.get("DATABASE_URL"));
        assertThat(Refusal.ofProcess(both, "check").line())
                .startsWith("DATABASE_DIRECT_URL leads through the connection pooler as DATABASE_URL does");
        assertThat(withoutDirect.join())
                .isEqualTo(
                        "DATABASE_URL leads through a connection pooler: set DATABASE_DIRECT_URL, which leads past it");
    }
}
