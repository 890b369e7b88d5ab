package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Friends.quoted;
import static org.xfchat.testing.Person.messagePath;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidReader;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Subscriptions and finite ranges that begin at a version (contract 2.4 and 6 #12, #13). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class BraidResumeTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    private UUID first;
    private UUID second;
    private UUID third;

    @BeforeEach
    void talk() {
        first = alice.say(conversation, "first");
        second = bob.say(conversation, "second");
        third = alice.say(conversation, "third");
    }

    private static Map<String, String> subscribe(String parents) {
        return Map.of("Subscribe", "true", "Parents", parents);
    }

    private void assertGone(Map<String, String> headers) {
        try (HttpStream answer = friends.read(bob, "", headers)) {
            assertThat(answer.status()).isEqualTo(410);
            assertThat(answer.header("retry-after")).isEmpty();
            assertThat(answer.awaitEnd(SOON)).isEqualTo(End.CLEAN);
        }
    }

    /** What no version header names here: never used, never stored, another conversation and its message. */
    private List<String> unknown() {
        UUID elsewhere = alice.befriend(Person.signUp());
        UUID foreign = alice.say(elsewhere, "elsewhere");
        return List.of(
                quoted("never"),
                quoted(UUID.randomUUID()),
                quoted(elsewhere),
                quoted(foreign),
                quoted(first) + ", " + quoted("never"),
                quoted(foreign) + ", " + quoted(third));
    }

    @Nested
    class Subscription {
        private void delivers(String parents, String after, UUID... expected) {
            try (HttpStream stream = friends.read(bob, "", subscribe(parents))) {
                assertThat(stream.status()).isEqualTo(209);
                assertThat(stream.header("current-version")).hasValue(quoted(third));
                BraidReader reader = new BraidReader(after, message -> message);
                UUID live = alice.say(conversation, "live");
                List<String> all = Stream.concat(Stream.of(expected), Stream.of(live))
                        .map(UUID::toString)
                        .toList();
                await().atMost(SOON)
                        .until(() -> stream.text().endsWith("]\r\n\r\n")
                                && stream.text().contains(live.toString()));
                reader.feed(stream.body());
                assertThat(reader.messages().stream()
                                .map(message -> message.path("id").asText()))
                        .containsExactlyElementsOf(all);
                assertThat(reader.updates()).allMatch(BraidReader.Update::patch);
            }
        }

        @Test
        void goesOnAfterAKnownVersion() {
            delivers(quoted(first), first.toString(), second, third);
        }

        @Test
        void goesOnAfterTheNewestOfSeveral() {
            delivers(quoted(second) + ", " + quoted(first), second.toString(), third);
        }

        @Test
        void beginsAfterTheRoot() {
            delivers(quoted(conversation), conversation.toString(), first, second, third);
        }

        @Test
        void hasNothingToSayAfterTheNewest() {
            delivers(quoted(third), third.toString());
        }

        @Test
        void knowsAMessageIdInUpperCase() {
            delivers(quoted(first.toString().toUpperCase(Locale.ROOT)), first.toString(), second, third);
        }

        @Test
        void beginsWithASnapshotWhereParentsIsEmpty() {
            try (HttpStream stream = friends.read(bob, "", subscribe(""))) {
                BraidReader reader = new BraidReader();
                await().atMost(SOON).until(() -> stream.text().endsWith("]\r\n\r\n"));
                reader.feed(stream.body());
                assertThat(reader.updates()).hasSize(1);
                assertThat(reader.lastVersion()).isEqualTo(third.toString());
            }
        }

        @Test
        void goesOnAfterAClientsOwnName() {
            String name = "a, \"b\" \\ ü 😀";
            String header = "\"a, \\\"b\\\" \\\\ \\u00fc \\ud83d\\ude00\"";
            alice.request()
                    .header("Version", header)
                    .body(Map.of("content", "named"))
                    .put(messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(200);
            UUID last = alice.say(conversation, "last");
            try (HttpStream stream = friends.read(bob, "", subscribe(header))) {
                BraidReader reader = new BraidReader(name, message -> message);
                await().atMost(SOON).until(() -> stream.text().endsWith("]\r\n\r\n"));
                reader.feed(stream.body());
                assertThat(reader.lastVersion()).isEqualTo(last.toString());
                stream.checkSevenBit();
            }
        }

        @Test
        void isGoneWhereAnyVersionIsUnknown() {
            unknown().forEach(parents -> assertGone(subscribe(parents)));
        }

        @Test
        void isRefusedWhereParentsAreMalformed() {
            for (String parents : List.of("a", "\"a", "\"\"", "1", "\"\\u0000\"", "\"a\" \"b\"")) {
                try (HttpStream answer = friends.read(bob, "", Map.of("Subscribe", "true", "Parents", parents))) {
                    assertThat(answer.status()).isEqualTo(400);
                }
            }
        }

        @Test
        void deliversEverythingHoweverMuchItIs() {
            friends.fill(4, 1500);
            try (BraidSubscriber subscriber =
                    BraidSubscriber.open(friends.subscription(bob).query("?limit=1"), first.toString())) {
                subscriber.awaitSize(1499, SOON);
                UUID live = alice.say(conversation, "live");
                subscriber.awaitSize(1500, SOON);
                assertThat(subscriber.messages().stream()
                                .map(message -> message.path("crdt_timestamp").asInt()))
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(2, 1501).boxed().toList());
                assertThat(subscriber.lastVersion()).isEqualTo(live.toString());
            }
        }
    }

    @Nested
    class Range {
        private List<String> range(Map<String, String> headers) {
            try (HttpStream stream = friends.read(bob, "", headers)) {
                assertThat(stream.status()).isEqualTo(209);
                assertThat(stream.header("subscribe")).isEmpty();
                assertThat(stream.header("heartbeats")).isEmpty();
                assertThat(stream.header("content-type")).hasValue("application/http-history");
                assertThat(stream.header("current-version")).hasValue(quoted(third));
                assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CLEAN);
                String parent = String.valueOf(headers.get("Parents")).replace("\"", "");
                BraidReader reader = new BraidReader(parent, message -> message);
                reader.feed(stream.body());
                assertThat(reader.updates()).allMatch(BraidReader.Update::patch);
                return reader.messages().stream()
                        .map(message -> message.path("content").asText())
                        .toList();
            }
        }

        @Test
        void isWhatFollowedUpToTheEndAndEndsCleanly() {
            assertThat(range(Map.of("Parents", quoted(first)))).containsExactly("second", "third");
            assertThat(range(Map.of("Parents", quoted(conversation)))).containsExactly("first", "second", "third");
            assertThat(range(Map.of("Parents", quoted(first), "Heartbeats", "5s", "Subscribe", "?0")))
                    .containsExactly("second", "third");
        }

        @Test
        void isWhatFollowedUpToAVersion() {
            assertThat(range(Map.of("Parents", quoted(conversation), "Version", quoted(second))))
                    .containsExactly("first", "second");
            assertThat(range(Map.of("Parents", quoted(second), "Version", quoted(third))))
                    .containsExactly("third");
        }

        @Test
        void isEmptyWhereNothingFollowed() {
            assertThat(range(Map.of("Parents", quoted(third)))).isEmpty();
            assertThat(range(Map.of("Parents", quoted(second), "Version", quoted(second))))
                    .isEmpty();
            assertThat(range(Map.of("Parents", quoted(third), "Version", quoted(first))))
                    .isEmpty();
            assertThat(range(Map.of("Parents", quoted(third), "Version", quoted(conversation))))
                    .isEmpty();
        }

        @Test
        void isTheSameWhileOthersFollowLive() {
            try (BraidSubscriber live = BraidSubscriber.open(friends.subscription(alice), first.toString())) {
                live.awaitSize(2, SOON);
                assertThat(range(Map.of("Parents", quoted(conversation), "Version", quoted(second))))
                        .containsExactly("first", "second");
                assertThat(range(Map.of("Parents", quoted(first), "Version", quoted(second))))
                        .containsExactly("second");
                assertThat(range(Map.of("Parents", quoted(first)))).containsExactly("second", "third");
            }
        }

        @Test
        void isReadInPages() {
            friends.fill(4, 1500);
            try (HttpStream stream = friends.read(bob, "", Map.of("Parents", quoted(third)))) {
                assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CLEAN);
                BraidReader reader = new BraidReader(third.toString(), message -> message.path("crdt_timestamp"));
                reader.feed(stream.body());
                assertThat(reader.messages().stream().map(JsonNode::asInt))
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(4, 1500).boxed().toList());
            }
        }

        @Test
        void isGoneWhereAnyVersionIsUnknown() {
            for (String unknown : unknown()) {
                assertGone(Map.of("Parents", unknown));
            }
            assertGone(Map.of("Parents", quoted(first), "Version", quoted("never")));
        }
    }
}
