package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.log.FaultyLog;
import org.xfchat.log.FaultyLog.Reading;
import org.xfchat.log.FaultyObserver;
import org.xfchat.memory.ClientMemory;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** After an error of any kind, wherever on a message's way, the next wake-up delivers it. */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class SurvivedErrorsTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Inject
    MeterRegistry meters;

    @Inject
    ClientMemory memory;

    private HttpStream events(Map<String, String> headers) {
        HttpStream stream = friends.read(bob, "", headers);
        assertThat(stream.status()).isEqualTo(200);
        return stream;
    }

    private static void awaitText(HttpStream stream, String expected) {
        await(expected).atMost(SOON).until(() -> stream.text().contains(expected));
    }

    private double survived(String where) {
        return meters.find("xfchat.failure.survived").tag("where", where).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** A message that no commit here and no signal tells of. */
    private void insertUnannounced(String content) {
        Rows.change(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " select gen_random_uuid(), ?, coalesce(max(seq), 0) + 1, ?, ?, now() from chat_messages"
                        + " where conversation_id = ?",
                conversation,
                alice.id(),
                content,
                conversation);
    }

    @Test
    void whatWasToBeReadForEverybodyIsReadAgain() {
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            alice.say(conversation, "before");
            awaitText(stream, "before");
            double before = survived("fill");
            FaultyLog.failOnce(Reading.AFTER, conversation);
            insertUnannounced("found by the poll");
            awaitText(stream, "found by the poll");
            assertThat(FaultyLog.hasFailed(Reading.AFTER)).isTrue();
            assertThat(survived("fill")).isGreaterThan(before);
            alice.say(conversation, "afterwards");
            awaitText(stream, "afterwards");
        }
    }

    @Test
    void aPageOfACursorThatIsBehindIsReadAgain() {
        alice.say(conversation, "first");
        alice.say(conversation, "second");
        double before = survived("page");
        FaultyLog.failOnce(Reading.AFTER, conversation);
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream", "Last-Event-ID", "0"))) {
            awaitText(stream, "second");
            assertThat(survived("page")).isGreaterThan(before);
        }
    }

    /** Of an entry that all who are not behind share. */
    @Test
    void whatCannotBeEncodedIsEncodedByTheNextWakeUp() {
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            alice.say(conversation, "before");
            awaitText(stream, "before");
            double before = survived("encode");
            FaultyLog.failEncodingOnce(conversation);
            insertUnannounced("unwritable");
            await().atMost(SOON).until(() -> survived("encode") == before + 1);
            alice.say(conversation, "afterwards");
            awaitText(stream, "afterwards");
            assertThat(stream.text()).containsSubsequence("unwritable", "afterwards");
        }
    }

    @Test
    void aPageThatCannotBeEncodedIsReadAgain() {
        alice.say(conversation, "first");
        alice.say(conversation, "second");
        double before = survived("page");
        FaultyLog.failEncodingOnce(conversation);
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream", "Last-Event-ID", "0"))) {
            awaitText(stream, "second");
            assertThat(survived("page")).isEqualTo(before + 1);
        }
    }

    @Test
    void thePollGoesOn() {
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            FaultyLog.failOnce(Reading.HEADS, conversation);
            await().atMost(SOON).until(() -> FaultyLog.hasFailed(Reading.HEADS));
            insertUnannounced("found by a later one");
            awaitText(stream, "found by a later one");
        }
    }

    @Test
    void anObserverOfACommitKeepsNobodyFromIt() {
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            double before = survived("observer");
            FaultyObserver.failOnce(conversation);
            alice.say(conversation, "observed");
            awaitText(stream, "observed");
            assertThat(FaultyObserver.hasFailed(conversation)).isTrue();
            assertThat(survived("observer")).isGreaterThan(before);
        }
    }

    @Test
    void anObserverOfStreamsNeitherEndsNorKeepsOne() {
        FaultyObserver.failOnce(bob.id());
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            // It is told once the head is on its way.
            await().atMost(SOON).until(() -> FaultyObserver.hasFailed(bob.id()));
            alice.say(conversation, "to a stream");
            awaitText(stream, "to a stream");
            FaultyObserver.failOnce(bob.id());
        }
        await().atMost(SOON).until(() -> FaultyObserver.hasFailed(bob.id()));
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            awaitText(stream, "to a stream");
        }
    }

    @Test
    void theRoomIsReadAgain() {
        UUID room = UUID.fromString(Rows.text("select id from conversations where kind = 'room'"));
        String before = UUID.randomUUID().toString();
        FaultyLog.failOnce(Reading.MEASURE, room);
        try (HttpStream stream = Friends.stream(bob, "/chat?limit=3", Map.of("Subscribe", "true"))) {
            assertThat(stream.status()).isEqualTo(209);
            alice.request().body(Map.of("text", before)).put("/chat").then().statusCode(200);
            awaitText(stream, before);
            await().atMost(SOON).until(() -> FaultyLog.hasFailed(Reading.MEASURE));
            String after = UUID.randomUUID().toString();
            alice.request().body(Map.of("text", after)).put("/chat").then().statusCode(200);
            awaitText(stream, after);
        }
    }

    /** All who read pages are at work for others, for as long as it takes. */
    @Test
    void whatIsNewDoesNotWaitForWhatIsOld() {
        Friends others = Friends.meet();
        for (int i = 0; i < 8; i++) {
            others.alice().say(others.conversation(), "old");
        }
        List<HttpStream> behind = new ArrayList<>();
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream"))) {
            alice.say(conversation, "before");
            awaitText(stream, "before");
            FaultyLog.hold(others.conversation());
            for (int i = 0; i < 8; i++) {
                // Each at a position of its own, so that nobody's page is somebody else's.
                behind.add(others.read(
                        others.bob(), "", Map.of("Accept", "text/event-stream", "Last-Event-ID", String.valueOf(i))));
            }
            await().atMost(SOON).until(() -> FaultyLog.waiting() >= 4);
            insertUnannounced("new");
            awaitText(stream, "new");
        } finally {
            FaultyLog.letGo(others.conversation());
            behind.forEach(HttpStream::close);
        }
    }

    /** Of whatever length each subscriber's window is. */
    @Test
    void theRoomIsReadForNobodyInParticular() {
        List<HttpStream> subscribers = new ArrayList<>();
        try {
            for (int limit = 1; limit <= 30; limit++) {
                subscribers.add(Friends.stream(bob, "/chat?limit=" + limit, Map.of("Subscribe", "true")));
            }
            subscribers.forEach(subscriber -> assertThat(subscriber.status()).isEqualTo(209));
            sayInTheRoom(subscribers);
            long before = reads();
            for (int i = 0; i < 3; i++) {
                sayInTheRoom(subscribers);
            }
            assertThat(reads() - before)
                    .as("readings of the log for 90 snapshots")
                    .isLessThan(10);
        } finally {
            subscribers.forEach(HttpStream::close);
        }
        await("with the last subscriber the state is forgotten").atMost(SOON).until(() -> memory.used() == 0);
    }

    private void sayInTheRoom(List<HttpStream> subscribers) {
        String text = UUID.randomUUID().toString();
        alice.request().body(Map.of("text", text)).put("/chat").then().statusCode(200);
        subscribers.forEach(subscriber -> awaitText(subscriber, text));
    }

    private long reads() {
        return meters.get("xfchat.cursor.reads").timer().count();
    }

    @Test
    void nothingIsHeldAtTheEnd() {
        try (HttpStream stream = events(Map.of("Accept", "text/event-stream", "Last-Event-ID", "0"))) {
            alice.say(conversation, "one");
            awaitText(stream, "one");
        }
        await().atMost(SOON).until(() -> memory.used() == 0);
    }
}
