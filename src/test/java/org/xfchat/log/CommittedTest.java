package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** What the rest of the service hears of an append. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class CommittedTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Singleton
    static class Listener {
        final Queue<Committed> heard = new ConcurrentLinkedQueue<>();
        volatile boolean fails;

        void hear(@Observes Committed event) {
            if (fails) {
                throw new IllegalStateException("an observer that fails");
            }
            heard.add(event);
        }
    }

    @Inject
    Listener listener;

    private List<Committed> heardOf(UUID conversation) {
        return listener.heard.stream()
                .filter(event -> event.conversation().equals(conversation))
                .toList();
    }

    @Test
    void isHeardOncePerConversationAndCommit() {
        Person ann = Person.signUp();
        UUID conversation = ann.befriend(Person.signUp());
        UUID id = ann.say(conversation, "hello");
        await().atMost(LIMIT).until(() -> !heardOf(conversation).isEmpty());
        ann.put(conversation, id, "hello").then().statusCode(200);
        await().atMost(LIMIT).until(() -> heardOf(conversation).size() == 2);
        Committed first = heardOf(conversation).get(0);
        assertThat(first.head()).isEqualTo(1);
        assertThat(first.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.id()).isEqualTo(id);
            assertThat(entry.parent()).isEqualTo(conversation.toString());
            assertThat(Rows.text(
                            "select created_at = cast(? as timestamptz) from chat_messages where id = ?",
                            entry.createdAt().toString(),
                            id))
                    .isEqualTo("t");
        });
        assertThat(heardOf(conversation).get(1)).isEqualTo(new Committed(conversation, 1, List.of()));
    }

    @Test
    void isNoReasonToFailWhenAnObserverDoes() {
        Person ann = Person.signUp();
        UUID conversation = ann.befriend(Person.signUp());
        listener.fails = true;
        try {
            ann.say(conversation, "one");
            ann.say(conversation, "two");
        } finally {
            listener.fails = false;
        }
        ann.say(conversation, "three");
        await().atMost(LIMIT).until(() -> heardOf(conversation).stream().anyMatch(event -> event.head() == 3));
    }
}
