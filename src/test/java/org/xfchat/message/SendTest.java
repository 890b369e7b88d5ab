package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
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
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** PUT of a message: acceptance, idempotence, outsiders (contract 2.5). */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class SendTest extends AmongFriends {
    @Nested
    class FirstTime {
        @Test
        void isAnsweredWithTheVersion() {
            UUID id = UUID.randomUUID();
            alice.put(conversation, id, "hello")
                    .then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(id)))
                    .header("Current-Version", equalTo(quoted(id)))
                    .body("$", aMapWithSize(4))
                    .body("success", equalTo(true))
                    .body("message_id", equalTo(id.toString()))
                    .body("version", equalTo(id.toString()))
                    .body("error", nullValue());
            logIs("hello");
        }

        @Test
        void ignoresWhatTheBodySaysAboutIdSenderAndTime() {
            UUID id = UUID.randomUUID();
            alice.request()
                    .body(Map.of(
                            "content", "hello",
                            "id", UUID.randomUUID(),
                            "sender_id", bob.id(),
                            "conversation_id", UUID.randomUUID(),
                            "timestamp", "1999-01-01T00:00:00Z"))
                    .header("X-Dev-User-Id", bob.id())
                    .header("Merge-Type", "diamond")
                    .header("Multiplex-Through", "/.well-known/multiplexer/a/b")
                    .put(messagePath(conversation, id))
                    .then()
                    .statusCode(200);
            alice.request()
                    .get(logPath(conversation))
                    .then()
                    .body("id", contains(id.toString()))
                    .body("sender_id", contains(alice.id().toString()))
                    .body("conversation_id", contains(conversation.toString()))
                    .body("[0].timestamp", not(equalTo("1999-01-01T00:00:00.000000Z")));
        }
    }

    @Nested
    class Again {
        @Test
        void isTheSameAnswerAndNothingNew() {
            UUID id = UUID.randomUUID();
            String first = alice.put(conversation, id, "hello").asString();
            UUID later = bob.say(conversation, "later");
            Response again = alice.put(conversation, id, "hello");
            again.then()
                    .statusCode(200)
                    .header("Version", equalTo(quoted(id)))
                    .header("Current-Version", equalTo(quoted(later)))
                    .body(equalTo(first));
            logIs("hello", "later");
        }

        @Test
        void isTheSameWithTheIdInUpperCase() {
            UUID id = alice.say(conversation, "hello");
            alice.request()
                    .body(Map.of("content", "hello"))
                    .put(logPath(conversation)
                                    .toUpperCase(Locale.ROOT)
                                    .replace("/SYNC/CONVERSATIONS/", "/sync/conversations/")
                                    .replace("/MESSAGES", "/messages/")
                            + id.toString().toUpperCase(Locale.ROOT))
                    .then()
                    .statusCode(200)
                    .body("message_id", equalTo(id.toString()));
            logIs("hello");
        }

        @Test
        void isTheSameWithTheEqualVersionAndWithoutAny() {
            UUID id = UUID.randomUUID();
            put(alice, id, "hello", "Version", "\"v1\"").then().statusCode(200);
            put(alice, id, "hello", "Version", "\"v1\"").then().statusCode(200).body("version", equalTo("v1"));
            alice.put(conversation, id, "hello").then().statusCode(200).body("version", equalTo("v1"));
            logIs("hello");
        }

        @Test
        void isAConflictWithAnythingDifferent() {
            UUID id = alice.say(conversation, "hello");
            alice.put(conversation, id, "Hello").then().statusCode(409);
            bob.put(conversation, id, "hello").then().statusCode(409);
            put(alice, id, "hello", "Version", "\"v1\"").then().statusCode(409);
            alice.request()
                    .body(Map.of(
                            "content", "hello", "message_type", Map.of("type", "image", "url", "https://example.test")))
                    .put(messagePath(conversation, id))
                    .then()
                    .statusCode(409);
            logIs("hello");
        }

        @Test
        void isAConflictInAnotherConversation() {
            UUID id = alice.say(conversation, "hello");
            UUID elsewhere = alice.befriend(Person.signUp());
            alice.put(elsewhere, id, "hello").then().statusCode(409);
            alice.request().get(logPath(elsewhere)).then().body("$", hasSize(0));
        }

        @Test
        void cannotBeTheConversationsId() {
            alice.put(conversation, conversation, "hello").then().statusCode(400);
            logIs();
        }
    }

    @Nested
    class Outsider {
        @Test
        void cannotSend() {
            Person stranger = Person.signUp();
            stranger.put(conversation, UUID.randomUUID(), "a").then().statusCode(403);
            stranger.put(UUID.randomUUID(), UUID.randomUUID(), "a").then().statusCode(404);
            Person.anonymous()
                    .header("X-Dev-User-Id", alice.id())
                    .body(Map.of("content", "a"))
                    .put(messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(401);
            logIs();
            assertThat(stranger.request().get(logPath(conversation)).statusCode())
                    .isEqualTo(403);
        }
    }
}
