package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** Everybody writes and reads at once: all that was acknowledged reaches all, once, in one order, which is the stored one. */
@Tag("nightly")
class StormIT {
    private static final int WRITERS = 100;
    private static final int EACH = 10;
    private static final int SAID_BY_OLD_CLIENTS = 10;
    private static final Duration SECOND_OF_OLD_CLIENTS = Duration.ofMillis(100);
    private static final Duration CONNECTED = Duration.ofSeconds(30);
    private static final Duration SENT = Duration.ofSeconds(90);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void reachesEverySubscriberOnceInTheStoredOrder(int count) {
        List<Subscriber> subscribers = new ArrayList<>();
        try (Replicas replicas = Replicas.start(count, Map.of())) {
            List<Client.Account> accounts = replicas.signUp(4);
            UUID conversation = replicas.conversationOf(accounts);
            List<OldClient> oldClients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Subscription subscription =
                        Replicas.subscription(accounts.get(i % accounts.size()), conversation, replicas.get(i % count));
                switch (i / 2) {
                    case 0 -> subscribers.add(BraidSubscriber.open(subscription));
                    case 1 -> subscribers.add(BraidSubscriber.open(subscription, conversation.toString()));
                    case 2 -> subscribers.add(SseSubscriber.open(subscription, i % 4 == 0 ? "" : "0"));
                    default -> oldClients.add(OldClient.open(subscription, SECOND_OF_OLD_CLIENTS));
                }
            }
            subscribers.addAll(oldClients);
            subscribers.forEach(subscriber -> subscriber.awaitConnected(CONNECTED));

            try (Writers writers = Writers.storm(replicas.all(), accounts, conversation, WRITERS, EACH)) {
                for (int i = 0; i < SAID_BY_OLD_CLIENTS; i++) {
                    String text = "said " + i;
                    oldClients.forEach(client -> client.say(text));
                }
                writers.awaitDone(SENT);
                await().atMost(SENT)
                        .until(() -> oldClients.stream()
                                .allMatch(client -> client.sent().size() == SAID_BY_OLD_CLIENTS));
                Set<String> acknowledged = new HashSet<>(writers.acknowledged());
                oldClients.forEach(client ->
                        client.sent().forEach(sent -> acknowledged.add(sent.id().toString())));
                assertThat(acknowledged).hasSize(WRITERS * EACH + oldClients.size() * SAID_BY_OLD_CLIENTS);
                assertThat(replicas.stored(conversation)).containsExactlyInAnyOrderElementsOf(acknowledged);
            }
            replicas.checkDelivered(conversation, subscribers);
            assertThat(subscribers)
                    .allSatisfy(subscriber -> assertThat(subscriber.statuses()).hasSize(1));
            assertThat(replicas.all()).allMatch(Service::isAlive);
        } finally {
            subscribers.forEach(Subscriber::close);
        }
    }
}
