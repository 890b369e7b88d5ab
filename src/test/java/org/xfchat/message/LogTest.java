package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.xfchat.testing.Person.anonymous;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** Plain GET of a conversation's log (contract 2.2 to 2.4). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class LogTest extends AmongFriends {
    private ValidatableResponse snapshot() {
        return bob.request().get(logPath(conversation)).then().statusCode(200);
    }

    private Response at(String version) {
        return bob.request().header("Version", version).get(logPath(conversation));
    }

    @Nested
    class Snapshot {
        @Test
        void isTheRootOfAnEmptyLog() {
            snapshot()
                    .contentType("application/json")
                    .header("Version", equalTo(quoted(conversation)))
                    .header("Current-Version", equalTo(quoted(conversation)))
                    .header("Parents", nullValue())
                    .body("$", empty());
        }

        @Test
        void hasTheMessagesOldestFirstAndNamesTheState() {
            UUID first = alice.say(conversation, "first");
            snapshot()
                    .header("Version", equalTo(quoted(first)))
                    .header("Parents", equalTo(quoted(conversation)))
                    .body("id", contains(first.toString()));
            UUID second = bob.say(conversation, "second");
            snapshot()
                    .header("Version", equalTo(quoted(second)))
                    .header("Parents", equalTo(quoted(first)))
                    .header("Current-Version", equalTo(quoted(second)))
                    .body("id", contains(first.toString(), second.toString()))
                    .body("crdt_timestamp", contains(1, 2))
                    .body("is_delivered", contains(true, true))
                    .body("braid_version", contains(first.toString(), second.toString()))
                    .body("braid_parents", contains(List.of(conversation.toString()), List.of(first.toString())));
        }

        @Test
        void variesByWhatChoosesTheMode() {
            String vary = snapshot().extract().header("Vary").toLowerCase(Locale.ROOT);
            assertThat(Arrays.asList(vary.split(",\\s*", -1)))
                    .contains("accept", "subscribe", "parents", "version", "last-event-id", "authorization");
        }

        @Test
        void isATailOfFiftyUnlessAskedForAnother() {
            Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " select gen_random_uuid(), ?, seq, ?, 'x', now() from generate_series(1, 502) seq",
                    conversation,
                    alice.id());
            snapshot().body("$", hasSize(50)).body("[0].crdt_timestamp", equalTo(453));
            limited("2").statusCode(200).body("crdt_timestamp", contains(501, 502));
            limited("4000000000").statusCode(200).body("$", hasSize(500));
            limited("0").statusCode(anyOf(is(200), is(400)));
            limited("-1").statusCode(anyOf(is(200), is(400)));
            limited("x").statusCode(400);
        }

        private ValidatableResponse limited(String limit) {
            return bob.request()
                    .queryParam("limit", limit)
                    .get(logPath(conversation))
                    .then();
        }

        @Test
        void showsWhatTheOtherSideHasRead() {
            UUID first = alice.say(conversation, "first");
            alice.say(conversation, "second");
            bob.request().patch("/api/messages/" + first + "/read").then().statusCode(200);
            snapshot().body("is_read", contains(true, false));
        }

        @ParameterizedTest
        @ValueSource(strings = {"?0", "false"})
        void isWhatNoSubscriptionGets(String subscribe) {
            UUID first = alice.say(conversation, "first");
            bob.request()
                    .header("Subscribe", subscribe)
                    .get(logPath(conversation))
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(first)))
                    .body("$", hasSize(1));
        }

        @Test
        void isFoundUnderTheIdInUpperCase() {
            alice.say(conversation, "first");
            bob.request()
                    .get("/sync/conversations/" + conversation.toString().toUpperCase(Locale.ROOT) + "/messages")
                    .then()
                    .statusCode(200)
                    .body("conversation_id", contains(conversation.toString()));
        }
    }

    @Nested
    class HistoricVersion {
        @Test
        void isTheStateOfThatName() {
            UUID first = alice.say(conversation, "first");
            UUID second = alice.say(conversation, "second");
            UUID third = alice.say(conversation, "third");
            at(quoted(second))
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(second)))
                    .header("Parents", equalTo(quoted(first)))
                    .header("Current-Version", equalTo(quoted(third)))
                    .body("content", contains("first", "second"));
            at(quoted(second.toString().toUpperCase(Locale.ROOT)))
                    .then()
                    .statusCode(200)
                    .body("content", contains("first", "second"));
        }

        @Test
        void isTheRoot() {
            UUID first = alice.say(conversation, "first");
            at(quoted(conversation))
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(conversation)))
                    .header("Parents", nullValue())
                    .header("Current-Version", equalTo(quoted(first)))
                    .body("$", empty());
        }

        @Test
        void isOneOfAClientsOwnName() {
            alice.request()
                    .header("Version", "\"a, \\\"b\\\"\"")
                    .body("{\"content\":\"named\"}")
                    .put(messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(200);
            alice.say(conversation, "next");
            at("\"a, \\\"b\\\"\"")
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo("\"a, \\\"b\\\"\""))
                    .body("content", contains("named"));
        }

        @Test
        void isGoneWhereNoStateHasThatName() {
            UUID elsewhere = alice.befriend(Person.signUp());
            UUID foreign = alice.say(elsewhere, "elsewhere");
            for (Object unknown : List.of("never", UUID.randomUUID(), elsewhere, foreign)) {
                at(quoted(unknown)).then().statusCode(410).header("Retry-After", nullValue());
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"\"a\", \"b\"", "a", "1", "\"a", "\"\"", "\"a\\u0000\"", "\"\\r\\nX-Injected: 1\"", "\"a\",,"
                })
        void isExactlyOneString(String header) {
            at(header).then().statusCode(400).header("X-Injected", nullValue());
        }

        @Test
        void cannotBeSubscribedTo() {
            UUID first = alice.say(conversation, "first");
            bob.request()
                    .header("Subscribe", "true")
                    .header("Version", quoted(first))
                    .get(logPath(conversation))
                    .then()
                    .statusCode(400);
        }
    }

    @Nested
    class Methods {
        @Test
        void headIsGetWithoutABody() {
            UUID first = alice.say(conversation, "first");
            bob.request()
                    .head(logPath(conversation))
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(first)))
                    .header("Current-Version", equalTo(quoted(first)))
                    .body(equalTo(""));
            Person.signUp().request().head(logPath(conversation)).then().statusCode(403);
            anonymous().head(logPath(conversation)).then().statusCode(401);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "DELETE", "PUT", "PATCH"})
        void othersAreNotAllowedOnTheLog(String method) {
            bob.request().request(method, logPath(conversation)).then().statusCode(405);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "DELETE", "GET", "PATCH"})
        void othersAreNotAllowedOnAMessage(String method) {
            bob.request()
                    .request(method, messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(405);
        }

        @Test
        void multiplexingIsNotServed() {
            bob.request()
                    .post("/.well-known/multiplexer/abc")
                    .then()
                    .statusCode(anyOf(is(404), is(405)))
                    .header("Retry-After", nullValue());
            bob.request()
                    .request("MULTIPLEX", "/abc")
                    .then()
                    .statusCode(anyOf(is(404), is(405)))
                    .header("Retry-After", nullValue());
        }
    }

    @Nested
    class Outsider {
        @Test
        void seesNothing() {
            Person stranger = Person.signUp();
            stranger.request().get(logPath(conversation)).then().statusCode(403);
            stranger.request().get(logPath(UUID.randomUUID())).then().statusCode(404);
            stranger.request().get("/sync/conversations/x/messages").then().statusCode(400);
        }
    }
}
