package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.Rows;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.TestDatabase;

/** The old desktop client and a Braid client ask the same and read the same answer, each in its own way (contract 2.1, 2.2). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class OldClientStreamTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofMillis(20);

    private static List<String> texts(Subscriber subscriber) {
        return subscriber.messages().stream()
                .map(message -> message.path("content").asText())
                .toList();
    }

    @Test
    void bothSeeTheSame() {
        BraidStreamTest.AWKWARD.forEach(text -> friends.alice().say(conversation, text));
        int before = BraidStreamTest.AWKWARD.size();
        try (OldClient old = OldClient.open(friends.subscription(friends.bob()), SECOND);
                BraidSubscriber braid = BraidSubscriber.open(friends.subscription(friends.alice()))) {
            old.awaitSize(before, SOON);
            braid.awaitSize(before, SOON);
            old.say("from the old client: é 😀");
            old.awaitSize(before + 1, SOON);
            BraidStreamTest.AWKWARD.forEach(text -> friends.alice().say(conversation, text));
            old.awaitSize(2 * before + 1, SOON);
            braid.awaitSize(2 * before + 1, SOON);
            assertThat(old.messages()).isEqualTo(braid.messages());
            assertThat(texts(old).subList(0, before)).isEqualTo(BraidStreamTest.AWKWARD);
            assertThat(texts(old).subList(before + 1, 2 * before + 1)).isEqualTo(BraidStreamTest.AWKWARD);
            assertThat(old.statuses()).containsExactly(209);
            assertThat(old.discarded()).isZero();
            assertThat(old.brokenPieces()).isZero();
            assertThat(old.stream().header("heartbeats")).isEmpty();
        }
    }

    @Test
    void itsQueueGoesOutInOrderAndComesBackAsItWasAcknowledged() {
        try (OldClient old = OldClient.open(friends.subscription(friends.bob()), SECOND)) {
            List<String> texts =
                    IntStream.range(0, 20).mapToObj(i -> "text " + i).toList();
            texts.forEach(old::say);
            old.awaitSize(20, SOON);
            assertThat(texts(old)).isEqualTo(texts);
            await().atMost(SOON).until(() -> old.sent().size() == 20);
            assertThat(old.refused()).isEmpty();
            assertThat(old.sent().stream().map(sent -> sent.id().toString())).isEqualTo(old.ids());
            assertThat(old.sent().stream().map(OldClient.Sent::version)).isEqualTo(old.ids());
        }
    }

    @Test
    void afterACutItSeesTheWindowAgainOldestFirst() {
        friends.fill(1, 60);
        try (OldClient old = OldClient.open(friends.subscription(friends.bob()), SECOND)) {
            old.awaitSize(50, SOON);
            old.stream().close();
            old.awaitSize(100, SOON);
            friends.alice().say(conversation, "61");
            old.awaitSize(101, SOON);
            List<String> window =
                    IntStream.rangeClosed(11, 60).mapToObj(String::valueOf).toList();
            assertThat(texts(old).subList(0, 50)).isEqualTo(window);
            assertThat(texts(old).subList(50, 100)).isEqualTo(window);
            assertThat(texts(old).get(100)).isEqualTo("61");
        }
    }

    /** A clean end would silence it for good: it is never told so, and it goes on asking. */
    @Test
    void itIsCutAndNeverEndedWhenItMayNoLongerRead() {
        try (OldClient old = OldClient.open(friends.subscription(friends.bob()), SECOND)) {
            old.awaitConnected(SOON);
            Rows.change(
                    "delete from conversation_participants where conversation_id = ? and user_id = ?",
                    conversation,
                    friends.bob().id());
            old.awaitAnswers(3, SOON);
            assertThat(old.statuses()).startsWith(209, 403, 403);
            assertThat(old.ends().get(0)).isEqualTo(End.ABORTED);
            Rows.change(
                    "insert into conversation_participants (conversation_id, user_id) values (?, ?)",
                    conversation,
                    friends.bob().id());
            await().atMost(SOON).until(() -> old.statuses().get(old.statuses().size() - 1) == 209);
            friends.alice().say(conversation, "welcome back");
            old.awaitSize(1, SOON);
        }
    }
}
