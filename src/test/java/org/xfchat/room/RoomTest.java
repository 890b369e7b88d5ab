package org.xfchat.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;
import static org.xfchat.testing.Friends.quoted;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
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

/** The room of everybody, as it is read once (contract 3); {@link RoomPostTest} writes there; {@link RoomStreamTest} follows it. */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class RoomTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, String> SUBSCRIBE = Map.of("Subscribe", "true");

    private Person alice;
    private Person bob;

    @BeforeEach
    void arrive() {
        alice = Person.signUp();
        bob = Person.signUp();
    }

    static Response put(Person person, String text) {
        return person.request().body(Map.of("text", text)).put("/chat");
    }

    /** Says it; the position of its version. */
    static long say(Person person, String text) {
        String version = put(person, text)
                .then()
                .statusCode(200)
                .body(equalTo(""))
                .extract()
                .header("Version");
        assertThat(version).matches("\"v\\d+\"");
        return Long.parseLong(version.replaceAll("\\D", ""));
    }

    static Map<String, String> newest(Person reader) {
        List<Map<String, String>> room = reader.request().get("/chat?limit=1").path("$");
        return room.get(0);
    }

    @Nested
    class Reading {
        @Test
        void showsWhatWasSaidOldestFirstAndNamesTheState() {
            Instant before = Instant.now().minusSeconds(5);
            long first = say(alice, "first " + alice.id());
            long second = say(bob, "second " + bob.id());
            assertThat(second).isEqualTo(first + 1);
            Response room = bob.request().get("/chat?limit=2");
            room.then()
                    .statusCode(200)
                    .contentType("application/json")
                    .header("Version", quoted("v" + second))
                    .header("Current-Version", quoted("v" + second))
                    .header("Cache-Control", equalTo("private, no-cache"))
                    .body("$", hasSize(2));
            List<Map<String, String>> messages = room.path("$");
            assertThat(messages.get(0).keySet()).containsExactly("text", "author", "timestamp", "version");
            assertThat(messages.get(0))
                    .containsEntry("text", "first " + alice.id())
                    .containsEntry("author", alice.username())
                    .containsEntry("version", "v" + first);
            assertThat(messages.get(1))
                    .containsEntry("text", "second " + bob.id())
                    .containsEntry("author", bob.username())
                    .containsEntry("version", "v" + second);
            assertThat(messages.get(1).get("timestamp")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            assertThat(Instant.parse(messages.get(1).get("timestamp")))
                    .isBetween(before, Instant.now().plusSeconds(5));
        }

        @Test
        void showsTheLastFiftyOrAsManyAsAskedFor() {
            long last = say(alice, "last");
            for (long seq = last; seq < 60; seq++) {
                last = say(alice, "more");
            }
            bob.request().get("/chat").then().body("$", hasSize(50)).body("[49].version", equalTo("v" + last));
            bob.request().get("/chat?limit=51").then().body("$", hasSize(51));
            bob.request().get("/chat?limit=4000000000").then().statusCode(200).body("$.size()", lessThanOrEqualTo(500));
            bob.request().get("/chat?limit=0").then().statusCode(200).body("$", hasSize(1));
            bob.request().get("/chat?limit=x").then().statusCode(400);
        }

        @Test
        void variesByWhatChoosesTheForm() {
            String vary = bob.request().get("/chat").getHeader("Vary").toLowerCase(Locale.ROOT);
            assertThat(Arrays.asList(vary.split(",\\s*", -1)))
                    .contains("accept", "subscribe", "parents", "last-event-id", "authorization");
        }

        @Test
        void isWhatHeadAndNoSubscriptionGet() {
            long last = say(alice, "hello");
            for (Map<String, String> headers :
                    List.of(Map.of("Subscribe", "true"), Map.of("Accept", "text/event-stream"), Map.of("X-None", ""))) {
                bob.request()
                        .headers(headers)
                        .head("/chat")
                        .then()
                        .statusCode(200)
                        .header("Version", quoted("v" + last));
            }
            for (String subscribe : List.of("?0", "false")) {
                bob.request()
                        .header("Subscribe", subscribe)
                        .get("/chat")
                        .then()
                        .statusCode(200)
                        .header("Version", quoted("v" + last));
            }
            bob.request().post("/chat").then().statusCode(405);
            bob.request().delete("/chat").then().statusCode(405);
        }

        @Test
        void needsAToken() {
            anonymous().get("/chat").then().statusCode(401);
            anonymous().body(Map.of("text", "hello")).put("/chat").then().statusCode(401);
        }

        @Test
        void showsTheNameOfWhoIsGone() {
            long last = say(alice, "farewell");
            alice.request()
                    .body(Map.of("password", alice.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            assertThat(newest(bob))
                    .containsEntry("version", "v" + last)
                    .containsEntry("author", alice.username())
                    .containsEntry("text", "farewell");
            put(alice, "ghost").then().statusCode(401);
        }
    }

    @Nested
    class OtherAddresses {
        private final UUID room = UUID.fromString(Rows.text("select id from conversations where kind = 'room'"));

        @Test
        void doNotLeadThere() {
            say(alice, "hello");
            alice.request().get(Person.logPath(room)).then().statusCode(404);
            alice.put(room, UUID.randomUUID(), "hello").then().statusCode(404);
            alice.request()
                    .get("/api/conversations/" + room + "/messages")
                    .then()
                    .statusCode(404);
            for (Map<String, String> headers : List.of(
                    Map.of("Subscribe", "true"),
                    Map.of("Accept", "text/event-stream"),
                    Map.of("Parents", quoted(room)))) {
                try (HttpStream answer = Friends.stream(alice, Person.logPath(room), headers)) {
                    assertThat(answer.status()).as(headers.toString()).isEqualTo(404);
                }
            }
            alice.request()
                    .get("/api/conversations")
                    .then()
                    .body("conversations.find { it.id == '" + room + "' }", nullValue());
        }
    }

    @Test
    void whoIsDeletedIsCut() {
        say(alice, "hello");
        try (HttpStream stream = Friends.stream(bob, "/chat", SUBSCRIBE);
                HttpStream other = Friends.stream(alice, "/chat", SUBSCRIBE)) {
            assertThat(stream.status()).isEqualTo(209);
            bob.request()
                    .body(Map.of("password", bob.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.ABORTED);
            assertThat(other.status()).isEqualTo(209);
            assertThat(other.end()).isEmpty();
        }
    }
}
