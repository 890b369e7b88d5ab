package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** Logs that are much larger than the memory of the process, which has 256 MiB, are read from their beginning. */
@Tag("nightly")
class LongLogIT {
    private static final Duration READ = Duration.ofMinutes(3);

    private static Replicas replicas;
    private static List<Client.Account> accounts;

    private final List<Subscriber> subscribers = new ArrayList<>();

    @BeforeAll
    static void start() {
        replicas = Replicas.start(1, Map.of());
        accounts = replicas.signUp(2);
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @AfterEach
    void leave() {
        subscribers.forEach(Subscriber::close);
    }

    private void readFromTheBeginning(UUID conversation) {
        Subscription subscription = Replicas.subscription(accounts.get(1), conversation, replicas.get(0))
                .idsOnly();
        subscribers.add(BraidSubscriber.open(subscription, conversation.toString()));
        subscribers.add(SseSubscriber.open(subscription, "0"));
    }

    private void checkComplete(UUID conversation) {
        List<String> stored = replicas.stored(conversation);
        for (Subscriber subscriber : subscribers) {
            subscriber.awaitSize(stored.size(), READ);
            assertThat(subscriber.ids()).isEqualTo(stored);
            assertThat(subscriber.statuses()).hasSize(1);
        }
        Replicas.checkHealthy(subscribers);
        assertThat(replicas.get(0).isAlive()).isTrue();
        assertThat(replicas.get(0).lines()).noneMatch(line -> line.contains("OutOfMemory"));
    }

    @Test
    void hundredThousandMessages() {
        UUID conversation = replicas.conversationOf(accounts);
        replicas.fill(conversation, accounts.get(0), 100_000, "'message ' || n");
        readFromTheBeginning(conversation);
        // Beside what is being read: both come in order.
        replicas.fill(conversation, accounts.get(0), 100, "'late ' || n");
        checkComplete(conversation);
    }

    @Test
    void fiveHundredMessagesOfOneMebibyte() {
        UUID conversation = replicas.conversationOf(accounts);
        replicas.fill(conversation, accounts.get(0), 500, "repeat('m', 1 << 20)");
        readFromTheBeginning(conversation);
        Subscription window = Replicas.subscription(accounts.get(0), conversation, replicas.get(0));
        OldClient oldClient = OldClient.open(window.idsOnly(), Duration.ofSeconds(1));
        try {
            checkComplete(conversation);
            // Its window ends at four of them, well before fifty.
            oldClient.awaitSize(1, READ);
            List<String> stored = replicas.stored(conversation);
            assertThat(oldClient.size()).isLessThanOrEqualTo(4);
            assertThat(oldClient.ids()).isEqualTo(stored.subList(stored.size() - oldClient.size(), stored.size()));
        } finally {
            oldClient.close();
        }
    }
}
