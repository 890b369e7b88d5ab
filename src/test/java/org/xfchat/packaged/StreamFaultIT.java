package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.Person;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** Two replicas, and what happens to single connections and signals: nobody misses a message, nobody else notices. */
class StreamFaultIT {
    private static final Duration CONNECTED = Duration.ofSeconds(30);
    private static final Duration SENT = Duration.ofSeconds(60);

    /** Five seconds, and two for a busy machine. */
    private static final Duration REMOVED = Duration.ofSeconds(60);

    private static final String LISTENERS =
            " from pg_stat_activity where datname = current_database() and application_name = 'xfchat-listener'";

    private static Replicas replicas;
    private static List<Client.Account> accounts;

    private final List<Subscriber> subscribers = new ArrayList<>();
    private UUID conversation;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(2, Map.of("XFCHAT_HTTP_STALL_TIMEOUT", "2S"));
        accounts = replicas.signUp(3);
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @BeforeEach
    void meet() {
        conversation = replicas.conversationOf(accounts);
    }

    @AfterEach
    void leave() {
        subscribers.forEach(Subscriber::close);
    }

    private Subscription at(int replica, Client.Account account) {
        return Replicas.subscription(account, conversation, replicas.get(replica));
    }

    private <T extends Subscriber> T add(T subscriber) {
        subscribers.add(subscriber);
        return subscriber;
    }

    private BraidSubscriber braid(Subscription subscription) {
        return add(BraidSubscriber.open(subscription, conversation.toString()));
    }

    private SseSubscriber events(Subscription subscription) {
        return add(SseSubscriber.open(subscription, "0"));
    }

    private void awaitConnected(Collection<? extends Subscriber> connecting) {
        connecting.forEach(subscriber -> subscriber.awaitConnected(CONNECTED));
    }

    @Test
    void cutAnywhereAndResumedOnEitherReplica(TestReporter reporter) {
        long seed = System.nanoTime();
        reporter.publishEntry("seed", String.valueOf(seed));
        for (int i = 0; i < 6; i++) {
            Random random = new Random(seed + i);
            LongSupplier cut = () -> 1 + random.nextInt(12_000);
            Subscription subscription = Replicas.subscription(
                            accounts.get(i % 3), conversation, replicas.get(i % 2), replicas.get(1 - i % 2))
                    .cutAfter(cut);
            if (i % 2 == 0) {
                braid(subscription);
            } else {
                events(subscription);
            }
        }
        try (Writers writers = Writers.steady(replicas.all(), accounts, conversation)) {
            writers.awaitMore(300, SENT);
            writers.stopAndCheck().checkStored(replicas.stored(conversation));
        }
        replicas.checkDelivered(conversation, subscribers);
        assertThat(subscribers)
                .as("seed %d", seed)
                .allSatisfy(subscriber ->
                        assertThat(subscriber.ends()).hasSizeGreaterThan(5).containsOnly(End.CUT));
    }

    @Test
    void listenersTerminated() {
        braid(at(0, accounts.get(0)));
        events(at(1, accounts.get(1)));
        awaitConnected(subscribers);
        try (Writers writers = Writers.steady(replicas.all(), accounts, conversation)) {
            for (int i = 0; i < 3; i++) {
                writers.awaitMore(20, SENT);
                await("both replicas listen")
                        .atMost(SENT)
                        .until(() -> listeners().size() == 2);
                List<String> before = listeners();
                assertThat(replicas.server().ask(replicas.database(), "select pg_terminate_backend(pid)" + LISTENERS))
                        .containsExactly("t", "t");
                await("both replicas listen anew")
                        .atMost(SENT)
                        .until(() ->
                                listeners().size() == 2 && listeners().stream().noneMatch(before::contains));
            }
            writers.awaitMore(20, SENT);
            writers.stopAndCheck().checkStored(replicas.stored(conversation));
        }
        replicas.checkDelivered(conversation, subscribers);
        assertThat(subscribers)
                .allSatisfy(subscriber -> assertThat(subscriber.statuses()).hasSize(1));
    }

    private List<String> listeners() {
        return replicas.server().ask(replicas.database(), "select pid" + LISTENERS);
    }

    @Test
    void whatNobodyAnnouncedIsFound() {
        braid(at(0, accounts.get(0)));
        events(at(1, accounts.get(1)));
        add(OldClient.open(at(1, accounts.get(2)), Duration.ofSeconds(1)));
        awaitConnected(subscribers);
        for (int i = 1; i <= 3; i++) {
            replicas.fill(conversation, accounts.get(0), 7, "'unannounced ' || n");
            for (Subscriber subscriber : subscribers) {
                subscriber.awaitSize(7 * i, Duration.ofSeconds(60));
            }
        }
        replicas.checkDelivered(conversation, subscribers);
    }

    @Test
    void participantRemoved() {
        Client.Account removed = replicas.signUp(1).get(0);
        conversation = replicas.conversationOf(List.of(accounts.get(0), removed));
        List<Subscriber> cut = List.of(braid(at(0, removed)), events(at(1, removed)));
        BraidSubscriber other = braid(at(1, accounts.get(0)));
        awaitConnected(subscribers);
        replicas.server()
                .execute(
                        replicas.database(),
                        "begin; select from conversations where id = '" + conversation + "' for no key update;"
                                + " delete from conversation_participants where conversation_id = '" + conversation
                                + "' and user_id = '" + removed.id() + "'; commit");
        checkEnded(cut, 403);
        replicas.fill(conversation, accounts.get(0), 1, "'not for everybody'");
        other.awaitSize(1, CONNECTED);
        assertThat(cut).allSatisfy(subscriber -> assertThat(subscriber.size()).isZero());
        assertThat(other.ends()).isEmpty();
    }

    @Test
    void accountDeleted() {
        Client.Account deleted = replicas.signUp(1).get(0);
        conversation = replicas.conversationOf(List.of(accounts.get(0), deleted));
        List<Subscriber> cut = List.of(braid(at(0, deleted)), events(at(1, deleted)));
        BraidSubscriber other = braid(at(1, accounts.get(0)));
        awaitConnected(subscribers);
        Request request = new Request(
                "DELETE",
                "/api/auth/me",
                Map.of("Authorization", "Bearer " + deleted.token(), "Content-Type", "application/json"),
                "{\"password\":\"correct horse\"}",
                Long.MAX_VALUE,
                true,
                64 << 10);
        try (HttpStream answer = HttpStream.open(replicas.get(0).port(), request)) {
            assertThat(answer.status()).isBetween(200, 204);
        }
        checkEnded(cut, 401);
        assertThat(other.ends()).isEmpty();
    }

    /** Each was cut in time, came back at once, and was refused. */
    private static void checkEnded(List<Subscriber> cut, int status) {
        for (Subscriber subscriber : cut) {
            subscriber.awaitAnswers(2, REMOVED);
            subscriber.awaitStopped(CONNECTED);
            assertThat(subscriber.statuses()).hasSize(2).endsWith(status);
            assertThat(subscriber.ends()).startsWith(End.ABORTED);
        }
    }

    @Test
    void slowReadersGetEverything() {
        // More than systems keep for a connection.
        replicas.fill(conversation, accounts.get(0), 16, "repeat('x', 1 << 20)");
        List<Subscriber> slow = List.of(
                braid(at(0, accounts.get(1)).idsOnly()),
                events(at(1, accounts.get(1)).idsOnly()));
        awaitConnected(slow);
        slow.forEach(subscriber -> subscriber.stream().readSlowly(8 << 10, Duration.ofMillis(2)));
        slow.forEach(subscriber -> subscriber.awaitSize(16, SENT));
        assertThat(slow).allSatisfy(subscriber -> {
            assertThat(subscriber.ids()).isEqualTo(replicas.stored(conversation));
            assertThat(subscriber.ends()).isEmpty();
        });
        Replicas.checkHealthy(slow);
    }

    @Test
    void stalledReadersAreCutAndNobodyElse() {
        // Together they would take twice the memory of the process.
        replicas.fill(conversation, accounts.get(0), 64, "repeat('x', 1 << 20)");
        List<HttpStream> stalled = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Map<String, String> headers = Map.of(
                    "Authorization",
                    "Bearer " + accounts.get(1).token(),
                    i % 2 == 0 ? "Parents" : "Last-Event-ID",
                    i % 2 == 0 ? '"' + conversation.toString() + '"' : "0",
                    i % 2 == 0 ? "Subscribe" : "Accept",
                    i % 2 == 0 ? "true" : "text/event-stream");
            stalled.add(HttpStream.open(
                    replicas.get(0).port(),
                    Request.get(Person.logPath(conversation), headers).unrecorded(),
                    // At the first piece, and only then.
                    (stream, piece) -> {
                        if (stream.count() == piece.length) {
                            stream.pause();
                        }
                    }));
        }
        BraidSubscriber other = add(BraidSubscriber.open(at(0, accounts.get(0)).query("?limit=1")));
        other.awaitSize(1, CONNECTED);
        try (Writers writers = Writers.steady(replicas.all(), accounts, conversation)) {
            for (HttpStream stream : stalled) {
                assertThat(stream.status()).isIn(200, 209);
                await("a stalled reader is cut")
                        .atMost(CONNECTED)
                        .until(() -> !Sockets.isOpen(replicas.get(0).port(), stream.localPort()));
                stream.resume();
                assertThat(stream.awaitEnd(CONNECTED)).isEqualTo(End.ABORTED);
            }
            writers.awaitMore(5, SENT);
            int sent = writers.stopAndCheck().acknowledged().size();
            other.awaitSize(1 + sent, SENT);
        }
        List<String> stored = replicas.stored(conversation);
        assertThat(other.ids()).isEqualTo(stored.subList(63, stored.size()));
        assertThat(other.ends()).isEmpty();
        assertThat(replicas.get(0).isAlive()).isTrue();
        assertThat(replicas.get(0).says("OutOfMemory")).isFalse();
    }
}
