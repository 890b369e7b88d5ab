package org.xfchat.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.xfchat.room.RoomTest.put;
import static org.xfchat.room.RoomTest.say;
import static org.xfchat.testing.Friends.quoted;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.TestDatabase;

/** What may be said in the room of everybody (contract 3). */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class RoomPostTest {
    private Person alice;
    private Person bob;

    @BeforeEach
    void arrive() {
        alice = Person.signUp();
        bob = Person.signUp();
    }

    private Response raw(String body) {
        return alice.request().body(body).put("/chat");
    }

    private Map<String, String> newest() {
        return RoomTest.newest(bob);
    }

    @Nested
    class Text {
        @Test
        void comesBackAsItWas() {
            for (String text :
                    List.of("😀 é שלום", "a\u2028b", " \ttabbed ", "data: {}\n\nid: 1", "\r\n\r\nVersion: \"v1\"")) {
                say(alice, text);
                assertThat(newest()).containsEntry("text", text);
            }
        }

        @Test
        void hasTenThousandBytesAtMost() {
            say(alice, "x".repeat(10_000));
            say(alice, "é".repeat(5_000));
            put(alice, "x".repeat(10_001)).then().statusCode(400);
            put(alice, "é".repeat(5_001)).then().statusCode(400);
            // Answered before all of it is sent, which the other client takes for a broken connection.
            byte[] whole = ("{\"text\":\"" + "x".repeat(3 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
            assertThat(new RawRequest("PUT", "/chat", alice).send(whole, false)).isEqualTo(413);
        }

        @Test
        void orTheWholeBodyIsRefused() {
            long before = say(bob, "before");
            for (String body : List.of(
                    "{}",
                    "{\"text\":null}",
                    "{\"text\":\"\"}",
                    "{\"text\":\" \\t\\n\"}",
                    "{\"text\":42}",
                    "{\"text\":[\"a\"]}",
                    "{\"text\":{}}",
                    "{\"text\":\"a\\u0000b\"}",
                    "{\"text\":\"\\ud800\"}",
                    "{\"author\":\"a\"}",
                    "",
                    "{",
                    "{\"text\":\"a\"",
                    "{\"text\":\"a\"} x",
                    "[]",
                    "null",
                    "42",
                    "\"text\"",
                    "text")) {
                assertThat(raw(body).statusCode()).as(body).isEqualTo(400);
            }
            assertThat(newest()).containsEntry("version", "v" + before);
        }
    }

    @Nested
    class Author {
        @Test
        void isTheAccountWhateverTheBodySays() {
            for (String author : List.of("Somebody Else", "x", "😀")) {
                alice.request()
                        .body(Map.of(
                                "text",
                                "hello",
                                "author",
                                author,
                                "timestamp",
                                "1999-01-01T00:00:00Z",
                                "version",
                                "v0"))
                        .put("/chat")
                        .then()
                        .statusCode(200);
                assertThat(newest()).containsEntry("author", alice.username());
                assertThat(newest().get("timestamp")).doesNotStartWith("1999");
            }
        }

        @Test
        void isCheckedForItsFormAllTheSame() {
            for (String author : List.of("", " ", "\t", "x".repeat(101))) {
                alice.request()
                        .body(Map.of("text", "hello", "author", author))
                        .put("/chat")
                        .then()
                        .statusCode(400);
            }
            alice.request()
                    .body(Map.of("text", "hello", "author", "x".repeat(100)))
                    .put("/chat")
                    .then()
                    .statusCode(200);
        }

        @Test
        void andAnyTimestampIsTaken() {
            for (String timestamp : List.of("42", "null", "{}", "\"never\"", "[1]")) {
                raw("{\"text\":\"hello\",\"timestamp\":" + timestamp + "}")
                        .then()
                        .statusCode(200);
            }
        }
    }

    @Test
    void theContentTypeDoesNotMatter() {
        for (String type : List.of("", "text/plain", "application/x-www-form-urlencoded")) {
            Map<String, String> headers = new TreeMap<>(Map.of("Authorization", "Bearer " + alice.token()));
            if (!type.isEmpty()) {
                headers.put("Content-Type", type);
            }
            String text = "sent as " + type;
            try (HttpStream answer = HttpStream.open(
                    RestAssured.port, HttpStream.Request.put("/chat", headers, "{\"text\":\"" + text + "\"}"))) {
                assertThat(answer.status()).as(type).isEqualTo(200);
            }
            assertThat(newest()).containsEntry("text", text);
        }
    }

    @Test
    void versionAndParentsOfAPutDoNotMatter() {
        long last = say(bob, "last");
        alice.request()
                .header("Version", "\"mine\"")
                .header("Parents", "\"v999999\"")
                .body(Map.of("text", "hello"))
                .put("/chat")
                .then()
                .statusCode(200)
                .header("Version", quoted("v" + (last + 1)));
    }

    @Nested
    class IdempotencyKey {
        private Response keyed(Person person, String key, String text) {
            return person.request()
                    .header("Idempotency-Key", key)
                    .body(Map.of("text", text))
                    .put("/chat");
        }

        @Test
        void makesARetryTheSame() {
            String key = UUID.randomUUID().toString();
            String version = keyed(alice, key, "once").getHeader("Version");
            long other = say(bob, "meanwhile");
            keyed(alice, key, "once")
                    .then()
                    .statusCode(200)
                    .header("Version", version)
                    .body(equalTo(""));
            assertThat(newest()).containsEntry("version", "v" + other);
        }

        @Test
        void cannotBeUsedForAnotherText() {
            String key = UUID.randomUUID().toString();
            keyed(alice, key, "once").then().statusCode(200);
            keyed(alice, key, "twice").then().statusCode(409);
        }

        @Test
        void isEverybodysOwn() {
            String version = keyed(alice, "1", "hello").getHeader("Version");
            assertThat(keyed(bob, "1", "hello").then().statusCode(200).extract().header("Version"))
                    .isNotEqualTo(version);
        }

        @Test
        void mayNotBeMissedByAccident() {
            keyed(alice, "", "hello").then().statusCode(400);
            keyed(alice, "x".repeat(201), "hello").then().statusCode(400);
            keyed(alice, "x".repeat(200), "hello").then().statusCode(200);
        }
    }
}
