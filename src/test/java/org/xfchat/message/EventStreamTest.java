package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Friends.quoted;
import static org.xfchat.testing.Person.logPath;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.TestDatabase;

/** Subscriptions as server-sent events (contract 2.2, 2.4 and 6 #37, #39). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class EventStreamTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String EVENTS = "text/event-stream";
    private static final String GREETING = ": ok\n\nretry: 2000\n\n";
    private static final String RESET = "event: reset\ndata: {}\n\n";

    private HttpStream events(Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putIfAbsent("Accept", EVENTS);
        return friends.read(bob, "", all);
    }

    private static void awaitText(HttpStream stream, String expected) {
        await().atMost(SOON).until(() -> stream.count() >= expected.length());
        assertThat(stream.text()).isEqualTo(expected);
    }

    /** The events of the newest messages, made from plain GET, which has them without white space. */
    private List<String> expected() {
        JsonNode state = bob.request()
                .get(logPath(conversation))
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);
        return IntStream.range(0, state.size())
                .mapToObj(i -> "id: " + state.get(i).path("crdt_timestamp") + "\nevent: message\ndata: " + state.get(i)
                        + "\n\n")
                .toList();
    }

    private static List<Integer> positions(SseSubscriber subscriber) {
        return subscriber.messages().stream()
                .map(message -> message.path("crdt_timestamp").asInt())
                .toList();
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Nested
    class Beginning {
        @Test
        void saysAtOnceThatItIsThereAndHowLongToWait() {
            try (HttpStream stream = events(Map.of("Accept-Encoding", "gzip, deflate"))) {
                awaitText(stream, GREETING);
                assertThat(stream.status()).isEqualTo(200);
                assertThat(stream.header("content-type")).hasValue(EVENTS);
                assertThat(stream.header("cache-control")).hasValue("no-cache, no-transform, no-store");
                assertThat(stream.header("x-accel-buffering")).hasValue("no");
                assertThat(stream.header("current-version")).hasValue(quoted(conversation));
                assertThat(stream.header("vary"))
                        .hasValue("Accept, Subscribe, Parents, Version, Last-Event-ID, Authorization");
                for (String absent :
                        List.of("content-length", "content-encoding", "subscribe", "heartbeats", "version")) {
                    assertThat(stream.header(absent)).as(absent).isEmpty();
                }
            }
        }

        @Test
        void isTheWindowAndThenEachMessageByteForByte() {
            alice.say(conversation, "first");
            UUID second = bob.say(conversation, "second");
            alice.request().patch("/api/messages/" + second + "/read").then().statusCode(200);
            String text = GREETING + String.join("", expected());
            try (HttpStream stream = events(Map.of())) {
                awaitText(stream, text);
                alice.say(conversation, "third");
                awaitText(stream, text + expected().get(2));
                bob.say(conversation, "fourth");
                awaitText(stream, text + expected().get(2) + expected().get(3));
            }
        }

        @Test
        void isTheLastFiftyAscending() {
            friends.fill(1, 60);
            try (SseSubscriber subscriber = SseSubscriber.open(friends.subscription(bob))) {
                subscriber.awaitSize(50, SOON);
                bob.say(conversation, "live");
                subscriber.awaitSize(51, SOON);
                assertThat(positions(subscriber)).isEqualTo(range(11, 61));
                assertThat(subscriber.lastEventId()).isEqualTo("61");
                assertThat(subscriber.resets()).isZero();
            }
        }

        @Test
        void isAsLongAsAskedFor() {
            friends.fill(1, 60);
            try (SseSubscriber subscriber =
                    SseSubscriber.open(friends.subscription(bob).query("?limit=2"))) {
                subscriber.awaitSize(2, SOON);
                assertThat(positions(subscriber)).containsExactly(59, 60);
            }
        }
    }

    @Test
    void isSevenBitWithAMessageALineWhateverItSays() {
        BraidStreamTest.AWKWARD.forEach(text -> alice.say(conversation, text));
        try (SseSubscriber subscriber = SseSubscriber.open(friends.subscription(bob))) {
            subscriber.awaitSize(BraidStreamTest.AWKWARD.size(), SOON);
            BraidStreamTest.AWKWARD.forEach(text -> alice.say(conversation, text));
            subscriber.awaitSize(2 * BraidStreamTest.AWKWARD.size(), SOON);
            assertThat(subscriber.messages().stream()
                            .map(message -> message.path("content").asText()))
                    .containsExactlyElementsOf(
                            Stream.concat(BraidStreamTest.AWKWARD.stream(), BraidStreamTest.AWKWARD.stream())
                                    .toList());
            subscriber.stream().checkSevenBit();
        }
    }

    @Nested
    class LastEventId {
        @Test
        void goesOnAfterItHoweverMuchFollows() {
            friends.fill(1, 300);
            for (int known : new int[] {0, 3, 299}) {
                try (SseSubscriber subscriber = SseSubscriber.open(friends.subscription(bob), String.valueOf(known))) {
                    subscriber.awaitSize(300 - known, SOON);
                    assertThat(positions(subscriber)).isEqualTo(range(known + 1, 300));
                    assertThat(subscriber.resets()).isZero();
                }
            }
        }

        @Test
        void hasNothingToSayAfterTheNewest() {
            friends.fill(1, 3);
            try (HttpStream stream = events(Map.of("Last-Event-ID", "3"))) {
                awaitText(stream, GREETING);
                alice.say(conversation, "live");
                awaitText(stream, GREETING + expected().get(3));
            }
        }

        @Test
        void isResetWhereItIsUnusable() {
            friends.fill(1, 3);
            String text = GREETING + RESET + String.join("", expected());
            for (String unusable : List.of(
                    "garbage", "-1", "4", "99999999999999999999", "2-1", "2-", "1.0", "é", "😀", "", "2, 3", "v1")) {
                try (HttpStream stream = events(Map.of("Last-Event-ID", unusable))) {
                    awaitText(stream, text);
                }
            }
            try (HttpStream stream = events(Map.of("Last-Event-ID", "4"))) {
                awaitText(stream, text);
                alice.say(conversation, "live");
                awaitText(stream, text + expected().get(3));
            }
        }
    }

    @Nested
    class Parents {
        @Test
        void areAsGood() {
            UUID first = alice.say(conversation, "first");
            UUID second = alice.say(conversation, "second");
            alice.say(conversation, "third");
            for (int known = 0; known < 3; known++) {
                Object version = List.of(conversation, first, second).get(known);
                try (HttpStream stream = events(Map.of("Parents", quoted(version)))) {
                    awaitText(stream, GREETING + String.join("", expected().subList(known, 3)));
                }
            }
        }

        @Test
        void areResetWhereUnknown() {
            UUID first = alice.say(conversation, "first");
            for (String unknown : List.of(quoted("never"), quoted(first) + ", " + quoted(UUID.randomUUID()))) {
                try (HttpStream stream = events(Map.of("Parents", unknown))) {
                    assertThat(stream.status()).isEqualTo(200);
                    awaitText(stream, GREETING + RESET + expected().get(0));
                }
            }
        }

        @Test
        void countLessThanTheLastEventId() {
            UUID first = alice.say(conversation, "first");
            alice.say(conversation, "second");
            try (HttpStream stream = events(Map.of("Parents", quoted(first), "Last-Event-ID", "0"))) {
                awaitText(stream, GREETING + String.join("", expected()));
            }
        }
    }

    @Nested
    class Accept {
        private void answers(int status, String contentType, Map<String, String> headers) {
            try (HttpStream stream = friends.read(bob, "", headers)) {
                assertThat(stream.status()).isEqualTo(status);
                assertThat(stream.header("content-type"))
                        .hasValueSatisfying(type -> assertThat(type).startsWith(contentType));
            }
        }

        @Test
        void choosesTheForm() {
            answers(200, EVENTS, Map.of("Accept", EVENTS, "Subscribe", "true"));
            answers(200, EVENTS, Map.of("Accept", "application/json, Text/Event-Stream;q=0.1"));
            answers(200, EVENTS, Map.of("Accept", EVENTS, "Subscribe", "?0"));
            answers(209, "application/http-history", Map.of("Accept", EVENTS + ";q=0", "Subscribe", "true"));
            answers(200, "application/json", Map.of("Accept", EVENTS + ";q=0.0, */*"));
            answers(209, "application/http-history", Map.of("Accept", "*/*", "Subscribe", "true"));
        }

        @Test
        void mayBeSeveralHeaderLines() {
            answers(200, EVENTS, Map.of("Accept", "application/json", "ACCEPT", EVENTS));
        }
    }

    /** As browsers do, over connections that are cut. */
    @Test
    void resumesWithoutLossOrRepetition() {
        try (SseSubscriber subscriber =
                SseSubscriber.open(friends.subscription(bob).cutAfter(() -> 700))) {
            List<String> sent = IntStream.range(0, 20)
                    .mapToObj(i -> alice.say(conversation, "message " + i).toString())
                    .toList();
            subscriber.awaitSize(20, SOON);
            assertThat(subscriber.ids()).isEqualTo(sent);
            assertThat(subscriber.ends()).hasSizeGreaterThan(10);
        }
    }
}
