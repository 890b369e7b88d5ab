package org.xfchat.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class ConversationListTest {
    private static final int WHOLE_BYTES = 16 * 1024;

    private Person alice;
    private Person bob;

    @BeforeEach
    void meet() {
        alice = Person.signUp();
        bob = Person.signUp();
    }

    private static ValidatableResponse list(Person person) {
        return person.request().get("/api/conversations").then().statusCode(200);
    }

    /** A group of these people. */
    private static UUID group(Person... people) {
        UUID group = UUID.randomUUID();
        Rows.change("insert into conversations (id, kind, name) values (?, 'group', 'Choir')", group);
        for (Person person : people) {
            Rows.change(
                    "insert into conversation_participants (conversation_id, user_id) values (?, ?)",
                    group,
                    person.id());
        }
        return group;
    }

    @Nested
    class WithoutConversations {
        @Test
        void getsAnEmptyList() {
            list(alice).body("conversations", empty());
        }
    }

    @Nested
    class WithAConversation {
        @Test
        void seesItBeforeTheFirstMessage() {
            UUID conversation = alice.befriend(bob);
            JsonPath seen = list(alice)
                    .body("conversations", hasSize(1))
                    .body("conversations[0].id", equalTo(conversation.toString()))
                    .body(
                            "conversations[0].participants",
                            containsInAnyOrder(alice.id().toString(), bob.id().toString()))
                    .body("conversations[0].other_username", equalTo(bob.username()))
                    .body("conversations[0]", hasKey("last_message"))
                    .body("conversations[0].last_message", nullValue())
                    .body("conversations[0].last_message_preview", equalTo(""))
                    .body("conversations[0].unread_count", equalTo(0))
                    .extract()
                    .jsonPath();
            assertThat(seen.getString("conversations[0].last_message_time"))
                    .isEqualTo(seen.getString("conversations[0].created_at"));
            list(bob).body("conversations[0].other_username", equalTo(alice.username()));
        }

        @Test
        void seesTheLastMessage() {
            UUID conversation = alice.befriend(bob);
            alice.say(conversation, "first");
            UUID last = alice.say(conversation, "second");
            JsonPath seen = list(bob)
                    .body("conversations[0].last_message.id", equalTo(last.toString()))
                    .body("conversations[0].last_message.content", equalTo("second"))
                    .body("conversations[0].last_message_preview", equalTo("second"))
                    .body("conversations[0].unread_count", equalTo(2))
                    .extract()
                    .jsonPath();
            assertThat(seen.getString("conversations[0].last_message_time"))
                    .isEqualTo(seen.getString("conversations[0].last_message.timestamp"));
        }

        @Test
        void seesFiftyCharactersOfALongerMessage() {
            UUID conversation = alice.befriend(bob);
            alice.say(conversation, "😀".repeat(50));
            list(bob).body("conversations[0].last_message_preview", equalTo("😀".repeat(50)));
            alice.say(conversation, "😀".repeat(51));
            list(bob)
                    .body("conversations[0].last_message_preview", equalTo("😀".repeat(50) + "..."))
                    .body("conversations[0].last_message.content", equalTo("😀".repeat(51)));
        }

        @Test
        void seesOnlyThePreviewAbove16KiB() {
            UUID conversation = alice.befriend(bob);
            alice.say(conversation, "x".repeat(WHOLE_BYTES));
            list(bob).body("conversations[0].last_message.content", equalTo("x".repeat(WHOLE_BYTES)));
            alice.say(conversation, "é".repeat(WHOLE_BYTES / 2) + "x");
            list(bob)
                    .body("conversations[0].last_message", nullValue())
                    .body("conversations[0].last_message_preview", equalTo("é".repeat(50) + "..."));
        }

        @Test
        void countsOnlyWhatOthersWroteAndIsNotYetRead() {
            UUID conversation = alice.befriend(bob);
            alice.say(conversation, "one");
            bob.say(conversation, "two");
            list(alice).body("conversations[0].unread_count", equalTo(1));
            alice.say(conversation, "three");
            list(bob).body("conversations[0].unread_count", equalTo(1));
        }

        /** Who writes has read what is above it. */
        @Test
        void beginsAnewAfterAMessageOfOnesOwn() {
            UUID conversation = alice.befriend(bob);
            fill(conversation, alice, 1, 1100);
            list(bob).body("conversations[0].unread_count", equalTo(1000));
            bob.say(conversation, "I have read it all");
            list(bob).body("conversations[0].unread_count", equalTo(0));
            alice.say(conversation, "really?");
            list(bob).body("conversations[0].unread_count", equalTo(1));
            fill(conversation, bob, 1103, 3102);
            list(bob).body("conversations[0].unread_count", equalTo(0));
        }

        @Test
        void countsUpToAThousand() {
            UUID conversation = alice.befriend(bob);
            fill(conversation, alice, 1, 999);
            list(bob).body("conversations[0].unread_count", equalTo(999));
            fill(conversation, alice, 1000, 1000);
            list(bob).body("conversations[0].unread_count", equalTo(1000));
            fill(conversation, alice, 1001, 1100);
            list(bob).body("conversations[0].unread_count", equalTo(1000));
        }

        private void fill(UUID conversation, Person sender, int from, int to) {
            Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " select gen_random_uuid(), ?, seq, ?, 'x', now() from generate_series(?, ?) seq",
                    conversation,
                    sender.id(),
                    from,
                    to);
        }
    }

    @Nested
    class WithSeveralConversations {
        @Test
        void seesTheMostRecentlyActiveFirst() {
            Person carol = Person.signUp();
            UUID withBob = alice.befriend(bob);
            UUID withCarol = alice.befriend(carol);
            alice.say(withBob, "to Bob");
            list(alice).body("conversations.id", contains(withBob.toString(), withCarol.toString()));
            carol.say(withCarol, "from Carol");
            list(alice).body("conversations.id", contains(withCarol.toString(), withBob.toString()));
            alice.request()
                    .get("/api/conversations?limit=1")
                    .then()
                    .statusCode(200)
                    .body("conversations.id", contains(withCarol.toString()));
        }

        @Test
        void seesNoGroupUnlessAskedFor() {
            UUID direct = alice.befriend(bob);
            UUID group = group(alice, bob);
            bob.say(group, "sing");
            list(alice).body("conversations.id", contains(direct.toString()));
            alice.request()
                    .get("/api/conversations?kind=group")
                    .then()
                    .statusCode(200)
                    .body("conversations.id", contains(group.toString()))
                    .body("conversations[0].other_username", nullValue())
                    .body("conversations[0].unread_count", equalTo(1));
            alice.request()
                    .get("/api/conversations?kind=direct,group")
                    .then()
                    .statusCode(200)
                    .body("conversations.id", containsInAnyOrder(direct.toString(), group.toString()));
        }

        @Test
        void seesNoGroupOfOneButReadsItsHistory() {
            UUID alone = group(alice);
            alice.say(alone, "hello?");
            alice.request().get("/api/conversations?kind=group").then().body("conversations", empty());
            alice.request()
                    .get("/api/conversations/" + alone + "/messages")
                    .then()
                    .statusCode(200)
                    .body("messages.content", contains("hello?"));
        }

        @Test
        void seesNothingOfOthersConversations() {
            alice.befriend(bob);
            group(alice, bob);
            Person stranger = Person.signUp();
            list(stranger).body("conversations", empty());
            stranger.request().get("/api/conversations?kind=group").then().body("conversations", empty());
        }

        @ParameterizedTest
        @ValueSource(strings = {"room", "direct,", "Direct", "direct,room"})
        void isRefusedAnUnknownKind(String kind) {
            alice.request()
                    .queryParam("kind", kind)
                    .get("/api/conversations")
                    .then()
                    .statusCode(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"-1", "0", "x", "4000000000", "1e3", ""})
        void getsAnAnswerToAnyLimit(String limit) {
            alice.request()
                    .queryParam("limit", limit)
                    .get("/api/conversations")
                    .then()
                    .statusCode(anyOf(is(200), is(400)));
        }
    }

    @Nested
    class Polling {
        @Test
        void isToldWhenNothingChanged() {
            UUID conversation = alice.befriend(bob);
            String tag =
                    list(alice).header("ETag", startsWith("W/\"")).extract().header("ETag");
            alice.request()
                    .header("If-None-Match", tag)
                    .get("/api/conversations")
                    .then()
                    .statusCode(304)
                    .header("ETag", equalTo(tag))
                    .body(equalTo(""));
            for (String known : List.of(tag.substring(2), "\"x\", " + tag, "W/\"x\" , " + tag.substring(2), "*")) {
                alice.request()
                        .header("If-None-Match", known)
                        .get("/api/conversations")
                        .then()
                        .statusCode(304);
            }
            for (String other : List.of("\"x\"", "", "\"", tag.substring(3))) {
                alice.request()
                        .header("If-None-Match", other)
                        .get("/api/conversations")
                        .then()
                        .statusCode(200);
            }
            bob.say(conversation, "news");
            alice.request()
                    .header("If-None-Match", tag)
                    .get("/api/conversations")
                    .then()
                    .statusCode(200)
                    .body("conversations[0].unread_count", equalTo(1));
        }
    }
}
