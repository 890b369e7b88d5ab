package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** PostgreSQL goes away under writers and readers and comes back: streams stay open, with their heartbeats, and catch up. */
class StreamOutageIT {
    private static final Duration CONNECTED = Duration.ofSeconds(30);
    private static final Duration SENT = Duration.ofSeconds(60);

    /** Heartbeats of one second each. */
    private static final int BEATS = 4;

    private static Replicas replicas;
    private static List<Client.Account> accounts;

    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<BraidSubscriber> beating = new ArrayList<>();
    private UUID conversation;
    private Writers writers;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(2, Map.of());
        accounts = replicas.signUp(2);
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @BeforeEach
    void meet() {
        conversation = replicas.conversationOf(accounts);
        for (int i = 0; i < 2; i++) {
            Subscription subscription = Replicas.subscription(accounts.get(i), conversation, replicas.get(i));
            beating.add(BraidSubscriber.open(subscription.header("Heartbeats", "1s"), conversation.toString()));
            subscribers.add(SseSubscriber.open(subscription));
            subscribers.add(OldClient.open(subscription, Duration.ofMillis(100)));
        }
        subscribers.addAll(beating);
        subscribers.forEach(subscriber -> subscriber.awaitConnected(CONNECTED));
        writers = Writers.steady(replicas.all(), accounts, conversation);
        writers.awaitMore(20, SENT);
    }

    @AfterEach
    void leave() {
        writers.close();
        subscribers.forEach(Subscriber::close);
    }

    private void awaitHeartbeats() {
        List<Long> wanted = beating.stream()
                .map(subscriber -> subscriber.heartbeats() + BEATS)
                .toList();
        await("heartbeats without a database")
                .atMost(SENT)
                .until(() -> IntStream.range(0, beating.size())
                        .allMatch(i -> beating.get(i).heartbeats() >= wanted.get(i)));
    }

    private void checkCaughtUp() {
        writers.awaitMore(20, SENT);
        writers.stopAndCheck().checkStored(replicas.stored(conversation));
        replicas.checkDelivered(conversation, subscribers);
        assertThat(subscribers).allSatisfy(subscriber -> {
            assertThat(subscriber.statuses()).hasSize(1);
            assertThat(subscriber.ends()).isEmpty();
        });
    }

    @Test
    void stoppedAndStartedAgain() {
        replicas.server().stop();
        awaitHeartbeats();
        replicas.server().startAgain();
        checkCaughtUp();
    }

    @Test
    void frozenAndThawed() {
        replicas.server().freeze();
        try {
            awaitHeartbeats();
        } finally {
            replicas.server().thaw();
        }
        checkCaughtUp();
    }

    @Test
    void everyConnectionTerminated() {
        for (int i = 0; i < 3; i++) {
            writers.awaitMore(10, SENT);
            replicas.server()
                    .execute(
                            "postgres",
                            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                                    + replicas.database() + "'");
        }
        checkCaughtUp();
    }
}
