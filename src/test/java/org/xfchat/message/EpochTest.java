package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.TestDatabase;

/** What streams do when the database goes back in time (docs/backup.md, "After a restore"). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class EpochTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeEach
    void talk() {
        alice.say(conversation, "first");
        alice.say(conversation, "second");
        // That the epoch is another one than in the test before is no news to anybody from now on.
        awaitPoll();
    }

    @AfterEach
    void forget() {
        Rows.change("update log_epoch set epoch = 0");
    }

    private static void raise() {
        Rows.change("update log_epoch set epoch = 7");
    }

    private List<String> newest(int count) {
        List<String> ids = bob.request().get(Person.logPath(conversation)).path("id");
        return ids.subList(ids.size() - count, ids.size());
    }

    @Test
    void anEventOfAnotherEpochIsUnknown() {
        raise();
        for (String known : List.of("1", "2-6", "2-0")) {
            try (SseSubscriber subscriber = SseSubscriber.open(friends.subscription(bob), known)) {
                subscriber.awaitSize(2, SOON);
                assertThat(subscriber.resets()).isEqualTo(1);
                assertThat(subscriber.ids()).isEqualTo(newest(2));
                assertThat(subscriber.lastEventId()).isEqualTo("2-7");
            }
        }
        try (SseSubscriber subscriber = SseSubscriber.open(friends.subscription(bob), "1-7")) {
            subscriber.awaitSize(1, SOON);
            alice.say(conversation, "live");
            subscriber.awaitSize(2, SOON);
            assertThat(subscriber.resets()).isZero();
            assertThat(subscriber.lastEventId()).isEqualTo("3-7");
        }
    }

    @Test
    void openStreamsAreCutAndBeginAnew() {
        try (SseSubscriber events = SseSubscriber.open(friends.subscription(bob));
                BraidSubscriber braid = BraidSubscriber.open(friends.subscription(alice))) {
            events.awaitSize(2, SOON);
            braid.awaitSize(2, SOON);
            awaitPoll();
            raise();
            Stream.of(events, braid).forEach(subscriber -> subscriber.awaitAnswers(2, SOON));
            events.awaitSize(4, SOON);
            assertThat(events.resets()).isEqualTo(1);
            assertThat(events.lastEventId()).isEqualTo("2-7");
            assertThat(events.ends()).containsExactly(End.ABORTED);
            alice.say(conversation, "third");
            events.awaitSize(5, SOON);
            braid.awaitSize(3, SOON);
            assertThat(braid.ends()).containsExactly(End.ABORTED);
            assertThat(braid.ids()).isEqualTo(newest(3));
        }
    }

    /** A restored log that has grown as long again by then looks like one that was never away. */
    @Test
    void aStreamIsCutThatNoPollHasSeenBefore() {
        awaitPoll();
        try (SseSubscriber events = SseSubscriber.open(friends.subscription(bob))) {
            events.awaitSize(2, SOON);
            raise();
            events.awaitAnswers(2, SOON);
            assertThat(events.ends()).containsExactly(End.ABORTED);
        }
    }

    /** Something that only a poll finds has been found. */
    private void awaitPoll() {
        UUID other = alice.befriend(Person.signUp());
        Friends others = new Friends(alice, bob, other);
        try (BraidSubscriber subscriber = BraidSubscriber.open(others.subscription(alice))) {
            subscriber.awaitConnected(SOON);
            others.fill(1, 1);
            subscriber.awaitSize(1, SOON);
            others.fill(2, 2);
            subscriber.awaitSize(2, SOON);
        }
    }

    @Test
    void whatWasForgottenIsNeverShownAgain() {
        friends.fill(3, 6);
        List<Subscriber> subscribers = Stream.iterate(0, i -> i + 1)
                .limit(6)
                .<Subscriber>map(i -> SseSubscriber.open(friends.subscription(bob)))
                .toList();
        try {
            subscribers.forEach(subscriber -> subscriber.awaitSize(6, SOON));
            alice.say(conversation, "seventh");
            subscribers.forEach(subscriber -> subscriber.awaitSize(7, SOON));
            awaitPoll();
            Rows.change("delete from chat_messages where conversation_id = ? and seq > 4", conversation);
            subscribers.forEach(subscriber -> subscriber.awaitAnswers(2, SOON));
            List<String> kept = newest(4);
            subscribers.forEach(subscriber -> subscriber.awaitSize(11, SOON));
            String again = alice.say(conversation, "again fifth").toString();
            for (Subscriber subscriber : subscribers) {
                subscriber.awaitSize(12, SOON);
                assertThat(subscriber.ids().subList(7, 12))
                        .isEqualTo(
                                Stream.concat(kept.stream(), Stream.of(again)).toList());
                assertThat(subscriber.ends()).containsExactly(End.ABORTED);
            }
        } finally {
            subscribers.forEach(Subscriber::close);
        }
    }

    @Test
    void aStreamThatBeginsAfterwardsIsLeftAlone() {
        try (SseSubscriber before = SseSubscriber.open(friends.subscription(bob))) {
            before.awaitSize(2, SOON);
            awaitPoll();
        }
        raise();
        // Which stream begins before the poll has seen it is cut once more than it need be.
        awaitPoll();
        Friends others = Friends.meet();
        try (HttpStream stream =
                others.read(others.bob(), "", Map.of("Accept", "text/event-stream", "Last-Event-ID", "0-7"))) {
            assertThat(stream.status()).isEqualTo(200);
            awaitPoll();
            others.alice().say(others.conversation(), "hello");
            await().atMost(SOON).until(() -> stream.text().contains("id: 1-7\n"));
            assertThat(stream.end()).isEmpty();
        }
    }
}
