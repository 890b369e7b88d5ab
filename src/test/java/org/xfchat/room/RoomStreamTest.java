package org.xfchat.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.nullValue;
import static org.xfchat.room.RoomTest.say;
import static org.xfchat.testing.Friends.quoted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Together;

/** Following the room of everybody (contract 3). Others may have spoken before, but nobody does meanwhile. */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class RoomStreamTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, String> SUBSCRIBE = Map.of("Subscribe", "true");
    private static final String GREETING = ": ok\n\nretry: 2000\n\n";

    private static final ObjectWriter ASCII = new ObjectMapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private Person alice;
    private Person bob;

    @BeforeEach
    void arrive() {
        alice = Person.signUp();
        bob = Person.signUp();
    }

    private HttpStream chat(String query, Map<String, String> headers) {
        return Friends.stream(bob, "/chat" + query, headers);
    }

    private static Map<String, String> subscribe(String parents) {
        return Map.of("Subscribe", "true", "Parents", parents);
    }

    private static void awaitText(HttpStream stream, String expected) {
        await().atMost(SOON).until(() -> stream.count() >= expected.length());
        assertThat(stream.text()).isEqualTo(expected);
    }

    private List<JsonNode> messages(int limit) {
        JsonNode room = bob.request()
                .get("/chat?limit=" + limit)
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);
        return StreamSupport.stream(room.spliterator(), false).toList();
    }

    private static String ascii(JsonNode message) {
        try {
            return ASCII.writeValueAsString(message);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The room as an update, made from what a plain request shows. */
    private String update(int limit) {
        List<JsonNode> messages = messages(limit);
        String body = "[\n"
                + String.join(
                        "\n,\n", messages.stream().map(RoomStreamTest::ascii).toList()) + "\n]";
        return "Version: " + messages.get(messages.size() - 1).path("version")
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body
                + "\r\n\r\n";
    }

    @Nested
    class Subscription {
        @Test
        void isTheWholeRoomAtFirstAndAtEachChange() {
            long last = say(alice, "first");
            say(bob, "second");
            String expected = "\r\n" + update(2);
            try (HttpStream stream = chat("?limit=2", SUBSCRIBE)) {
                awaitText(stream, expected);
                assertThat(stream.status()).isEqualTo(209);
                assertThat(stream.header("subscribe")).hasValue("true");
                assertThat(stream.header("content-type")).hasValue("application/json");
                assertThat(stream.header("current-version")).hasValue(quoted("v" + (last + 1)));
                assertThat(stream.header("cache-control")).hasValue("no-cache, no-transform, no-store");
                for (String absent : List.of("heartbeats", "content-length", "content-encoding", "version")) {
                    assertThat(stream.header(absent)).as(absent).isEmpty();
                }
                say(alice, "third");
                expected += update(2);
                awaitText(stream, expected);
                say(alice, "fourth");
                expected += update(2);
                awaitText(stream, expected);
            }
        }

        @Test
        void isFiftyLongUnlessAskedOtherwise() {
            for (long last = say(alice, "last"); last < 60; ) {
                last = say(alice, "more");
            }
            try (HttpStream stream = chat("", SUBSCRIBE)) {
                awaitText(stream, "\r\n" + update(50));
            }
        }

        @Test
        void beginsWithWhatIsNewerThanItsParents() {
            long first = say(alice, "first");
            long second = say(alice, "second");
            for (String older : List.of("v" + first, "v1", "v0")) {
                try (HttpStream stream = chat("?limit=3", subscribe(quoted(older)))) {
                    awaitText(stream, "\r\n" + update(3));
                }
            }
            for (String newest :
                    List.of(quoted("v" + first) + ", " + quoted("v" + second), quoted("v" + (second + 1)))) {
                try (HttpStream stream = chat("?limit=3", subscribe(newest))) {
                    awaitText(stream, "\r\n");
                    say(alice, "next");
                    awaitText(stream, "\r\n" + update(3));
                }
            }
            try (HttpStream stream = chat("?limit=3", subscribe(""))) {
                awaitText(stream, "\r\n" + update(3));
            }
        }

        @Test
        void isGoneWhereAParentIsUnknown() {
            say(alice, "hello");
            for (String unknown :
                    List.of("x", "V1", "1", "v", "v-1", "v999999999999999999", "v99999999999999999999", "v1x")) {
                for (String parents : List.of(quoted(unknown), quoted("v1") + ", " + quoted(unknown))) {
                    try (HttpStream answer = chat("", subscribe(parents))) {
                        assertThat(answer.status()).isEqualTo(410);
                        assertThat(answer.header("retry-after")).isEmpty();
                    }
                }
            }
        }

        @Test
        void isRefusedWhereParentsAreMalformed() {
            try (HttpStream answer = chat("", subscribe("v1"))) {
                assertThat(answer.status()).isEqualTo(400);
            }
        }

        @Test
        void beatsAsAskedFor() {
            long last = say(alice, "hello");
            Map<String, String> headers = new TreeMap<>(subscribe(quoted("v" + last)));
            headers.put("Heartbeats", "1");
            try (HttpStream stream = chat("", headers)) {
                awaitText(stream, "\r\n\r\n");
                assertThat(stream.header("heartbeats")).hasValue("1s");
            }
        }

        @Test
        void endsWithTheNewestHoweverManySpeakAtOnce() {
            say(alice, "quiet");
            try (HttpStream stream = chat("", SUBSCRIBE)) {
                assertThat(stream.status()).isEqualTo(209);
                Together.run(8, i -> {
                    for (int n = 0; n < 5; n++) {
                        say(alice, "é 😀 " + i + " " + n);
                    }
                    return i;
                });
                String version = messages(1).get(0).path("version").toString();
                await().atMost(SOON)
                        .until(() -> stream.text().contains("Version: " + version + "\r\n")
                                && stream.text().endsWith("\n]\r\n\r\n"));
                stream.checkSevenBit();
                List<Long> versions = stream.text()
                        .lines()
                        .filter(line -> line.startsWith("Version: "))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .toList();
                assertThat(versions).doesNotHaveDuplicates().isSorted();
                String newest = stream.text().substring(stream.text().lastIndexOf("Version: "));
                for (JsonNode message : messages(40)) {
                    assertThat(newest).contains("\"version\":" + message.path("version") + "}");
                }
            }
        }
    }

    @Nested
    class Events {
        private final Map<String, String> accept = Map.of("Accept", "text/event-stream");

        private String event(JsonNode message) {
            return "id: " + message.path("version").asText().substring(1) + "\nevent: message\ndata: " + ascii(message)
                    + "\n\n";
        }

        private Map<String, String> after(String lastEventId) {
            return Map.of("Accept", "text/event-stream", "Last-Event-ID", lastEventId);
        }

        @Test
        void areTheLastMessagesAndWhatFollows() {
            say(alice, "first");
            say(bob, "second");
            String expected =
                    GREETING + event(messages(2).get(0)) + event(messages(2).get(1));
            try (HttpStream stream = chat("?limit=2", accept)) {
                awaitText(stream, expected);
                assertThat(stream.status()).isEqualTo(200);
                assertThat(stream.header("content-type")).hasValue("text/event-stream");
                say(alice, "third");
                awaitText(stream, expected + event(messages(1).get(0)));
            }
        }

        @Test
        void goOnAfterTheLastOne() {
            long first = say(alice, "first");
            say(alice, "second");
            say(bob, "third");
            try (HttpStream stream = chat("", after(String.valueOf(first)))) {
                awaitText(
                        stream,
                        GREETING + event(messages(2).get(0)) + event(messages(2).get(1)));
            }
        }

        @Test
        void areResetWhereTheLastOneIsUnusable() {
            say(alice, "hello");
            for (String lastEventId : List.of("garbage", "-1", "999999999999", "1-1", "v1")) {
                try (HttpStream stream = chat("?limit=1", after(lastEventId))) {
                    awaitText(
                            stream,
                            GREETING + "event: reset\ndata: {}\n\n"
                                    + event(messages(1).get(0)));
                }
            }
        }
    }

    /** As after a restore: the only way to an empty room that others have used. */
    @Test
    void theEmptyRoomHasNoVersionAndForgetsWhatWasSaid() {
        say(alice, "before");
        try (HttpStream before = chat("", SUBSCRIBE)) {
            await().atMost(SOON).until(() -> before.text().endsWith("\n]\r\n\r\n"));
            long last = say(alice, "to be forgotten");
            await().atMost(SOON).until(() -> before.text().contains("Version: " + quoted("v" + last)));
            Rows.change("delete from chat_messages where conversation_id ="
                    + " (select id from conversations where kind = 'room')");
            assertThat(before.awaitEnd(SOON)).isEqualTo(End.ABORTED);
        }
        bob.request()
                .get("/chat")
                .then()
                .statusCode(200)
                .header("Version", nullValue())
                .header("Current-Version", nullValue())
                .body("$", empty());
        String expected = "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]\r\n\r\n";
        try (HttpStream stream = chat("", SUBSCRIBE)) {
            awaitText(stream, expected);
            assertThat(stream.header("current-version")).isEmpty();
            assertThat(say(alice, "the first word")).isEqualTo(1);
            awaitText(stream, expected + update(50));
            assertThat(messages(50)).hasSize(1);
        }
    }
}
