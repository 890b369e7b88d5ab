package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** One of two replicas goes away under load: nothing acknowledged is lost, and everybody goes on with the other one. */
class ReplicaLossIT {
    private static final Duration CONNECTED = Duration.ofSeconds(30);
    private static final Duration SENT = Duration.ofSeconds(60);
    private static final Duration SECOND_OF_OLD_CLIENTS = Duration.ofMillis(100);

    private final List<Subscriber> subscribers = new ArrayList<>();
    private Replicas replicas;
    private Service leaving;
    private Service staying;
    private List<Client.Account> accounts;
    private UUID conversation;

    @BeforeEach
    void start() {
        replicas = Replicas.start(2, Map.of());
        staying = replicas.get(0);
        leaving = replicas.get(1);
        accounts = replicas.signUp(2);
        conversation = replicas.conversationOf(accounts);
    }

    @AfterEach
    void end() {
        subscribers.forEach(Subscriber::close);
        replicas.close();
    }

    /** One of each kind, at one replica first and then at the other. */
    private List<Subscriber> subscribe(Service... services) {
        Subscription subscription = Replicas.subscription(accounts.get(0), conversation, services);
        Subscription own = Replicas.subscription(accounts.get(1), conversation, services);
        Subscription old = Replicas.subscription(accounts.get(1), conversation, services);
        List<Subscriber> three = List.of(
                BraidSubscriber.open(subscription, conversation.toString()),
                SseSubscriber.open(own, "0"),
                OldClient.open(old, SECOND_OF_OLD_CLIENTS));
        subscribers.addAll(three);
        three.forEach(subscriber -> subscriber.awaitConnected(CONNECTED));
        return three;
    }

    /** Between a commit and its announcement, sooner or later: whatever is stored is found. */
    @Test
    void killed() {
        List<Subscriber> others = subscribe(staying);
        for (int round = 0; round < 2; round++) {
            Service killed = round == 0 ? leaving : replicas.add();
            try (Writers writers = Writers.steady(List.of(killed), accounts, conversation)) {
                writers.awaitMore(40, SENT);
                killed.kill();
                writers.stopAndCheck();
                // What the killed process had sent to PostgreSQL may still be on its way.
                await("the killed process's transactions are over")
                        .atMost(SENT)
                        .until(() -> replicas.server()
                                .ask(
                                        replicas.database(),
                                        "select count(*) from pg_locks where locktype = 'transactionid'")
                                .equals(List.of("0")));
                List<String> stored = replicas.stored(conversation);
                assertThat(stored).doesNotHaveDuplicates().containsAll(writers.acknowledged());
                replicas.checkDelivered(conversation, others);
            }
        }
        assertThat(others)
                .allSatisfy(subscriber -> assertThat(subscriber.statuses()).hasSize(1));
    }

    @Test
    void stoppedInOrder() {
        List<Subscriber> moving = subscribe(leaving, staying);
        List<Subscriber> others = subscribe(staying);
        try (Writers writers = Writers.steady(List.of(leaving, staying), accounts, conversation)) {
            writers.awaitMore(40, SENT);
            leaving.stop();
            moving.forEach(subscriber -> subscriber.awaitAnswers(2, CONNECTED));
            writers.awaitMore(40, SENT);
            writers.stopAndCheck().checkStored(replicas.stored(conversation));
        }
        replicas.checkDelivered(conversation, subscribers);
        assertThat(moving).allSatisfy(subscriber -> {
            assertThat(subscriber.ends()).startsWith(End.ABORTED);
            assertThat(subscriber.statuses().get(subscriber.statuses().size() - 1))
                    .isIn(200, 209);
        });
        assertThat(others)
                .allSatisfy(subscriber -> assertThat(subscriber.statuses()).hasSize(1));
    }
}
