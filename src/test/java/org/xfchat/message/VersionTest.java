package org.xfchat.message;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** PUT of a message with a version and parents of the client's (contract 2.3 and 2.5). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class VersionTest extends AmongFriends {
    @Nested
    class Version {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a",
                    "with \\\"quotes\\\", commas, and \\\\ backslashes",
                    "\\u00fc and \\ud83d\\ude00",
                    "data: {}",
                    "null"
                })
        void isGivenBackEqual(String escaped) {
            UUID id = UUID.randomUUID();
            String header = quoted(escaped);
            put(alice, id, "hello", "Version", header)
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(header))
                    .header("Current-Version", equalTo(header));
            alice.request()
                    .get(logPath(conversation))
                    .then()
                    .header("Version", equalTo(header))
                    .body("[0].id", equalTo(id.toString()))
                    .body("[0].braid_version", equalTo(unescaped(escaped)));
        }

        private static String unescaped(String escaped) {
            return io.restassured.path.json.JsonPath.from("{\"id\":\"" + escaped + "\"}")
                    .getString("id");
        }

        @Test
        void mayBe200CharactersLongButNoLonger() {
            put(alice, UUID.randomUUID(), "a", "Version", quoted("v".repeat(200)))
                    .then()
                    .statusCode(200);
            put(alice, UUID.randomUUID(), "b", "Version", quoted("v".repeat(201)))
                    .then()
                    .statusCode(400);
            put(alice, UUID.randomUUID(), "c", "Version", quoted("v".repeat(5000)))
                    .then()
                    .statusCode(400);
            logIs("a");
        }

        @Test
        void isTakenOnceInAConversation() {
            put(alice, UUID.randomUUID(), "a", "Version", "\"v1\"").then().statusCode(200);
            put(alice, UUID.randomUUID(), "b", "Version", "\"v1\"").then().statusCode(409);
            put(bob, UUID.randomUUID(), "c", "Version", "\"v1\"").then().statusCode(409);
            logIs("a");
        }

        @Test
        void mayBeTheSameInAnotherConversation() {
            put(alice, UUID.randomUUID(), "a", "Version", "\"v1\"").then().statusCode(200);
            UUID elsewhere = alice.befriend(Person.signUp());
            alice.request()
                    .header("Version", "\"v1\"")
                    .body(Map.of("content", "b"))
                    .put(messagePath(elsewhere, UUID.randomUUID()))
                    .then()
                    .statusCode(200);
        }

        @Test
        void ofUuidFormMustBeTheMessageId() {
            UUID id = UUID.randomUUID();
            put(alice, id, "a", "Version", quoted(UUID.randomUUID())).then().statusCode(400);
            put(alice, id, "a", "Version", quoted(conversation)).then().statusCode(400);
            put(alice, id, "a", "Version", quoted(id.toString().toUpperCase(Locale.ROOT)))
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(id)));
            logIs("a");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "\"\"",
                    "\"a\", \"b\"",
                    "\"a\",",
                    ",",
                    "a",
                    "1",
                    "true",
                    "null",
                    "{}",
                    "[\"a\"]",
                    "\"a",
                    "a\"",
                    "\"a\" \"b\"",
                    "\"a\\\"",
                    "\"a\\x\"",
                    "\"a\\u0000\"",
                    "\"a\\r\\nX-Injected: 1\"",
                    "\"a\\u000d\\u000aX-Injected: 1\"",
                    "\"a\\u007f\"",
                    "\"\\ud800\"",
                    "\"a\"]",
                    "\"a\";q=1"
                })
        void isExactlyOneString(String header) {
            Response refusal = put(alice, UUID.randomUUID(), "a", "Version", header);
            refusal.then().statusCode(400).header("X-Injected", nullValue());
            logIs();
        }

        @Test
        void isOneOverAllHeaderLines() {
            put(alice, UUID.randomUUID(), "a", "Version", "\"a\"", "\"b\"")
                    .then()
                    .statusCode(400);
        }
    }

    @Nested
    class Parents {
        @Test
        void mayBeOlderThanTheNewest() {
            UUID first = alice.say(conversation, "first");
            UUID second = alice.say(conversation, "second");
            put(bob, UUID.randomUUID(), "third", "Parents", quoted(first))
                    .then()
                    .statusCode(200);
            logIs("first", "second", "third");
            alice.request().get(logPath(conversation)).then().body("[2].braid_parents", contains(second.toString()));
        }

        @Test
        void mayBeTheRootOrSeveralOrNone() {
            UUID first = UUID.randomUUID();
            put(alice, first, "a", "Parents", quoted(conversation)).then().statusCode(200);
            put(alice, UUID.randomUUID(), "b", "Parents", quoted(first), quoted(conversation))
                    .then()
                    .statusCode(200);
            put(alice, UUID.randomUUID(), "c", "Parents", "").then().statusCode(200);
            logIs("a", "b", "c");
        }

        @Test
        void thatHaveNotArrivedAreNamedAndTheRequestMayBeRepeated() {
            UUID missing = UUID.randomUUID();
            UUID known = alice.say(conversation, "known");
            UUID id = UUID.randomUUID();
            put(bob, id, "child", "Parents", quoted(known) + ", " + quoted(missing) + ", \"\\u00fc, \\\"x\\\"\"")
                    .then()
                    .statusCode(432)
                    .header("Retry-After", equalTo("1"))
                    .header("Parents", equalTo(quoted(missing) + ", \"\\u00fc, \\\"x\\\"\""));
            logIs("known");
            put(bob, id, "child", "Parents", quoted(missing)).then().statusCode(432);
            alice.put(conversation, missing, "parent").then().statusCode(200);
            put(bob, id, "child", "Parents", quoted(missing)).then().statusCode(200);
            logIs("known", "parent", "child");
        }

        @Test
        void ofAnotherConversationAreUnknown() {
            UUID elsewhere = alice.befriend(Person.signUp());
            UUID foreign = alice.say(elsewhere, "elsewhere");
            put(alice, UUID.randomUUID(), "a", "Parents", quoted(foreign))
                    .then()
                    .statusCode(432);
            put(alice, UUID.randomUUID(), "a", "Parents", quoted(elsewhere))
                    .then()
                    .statusCode(432);
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "\"a", "1", "\"\\u0000\"", "\"\\r\\nX-Injected: 1\"", "\"\"", "\"a\",,\"b\""})
        void areAListOfStrings(String header) {
            put(alice, UUID.randomUUID(), "a", "Parents", header)
                    .then()
                    .statusCode(400)
                    .header("X-Injected", nullValue());
            logIs();
        }
    }
}
