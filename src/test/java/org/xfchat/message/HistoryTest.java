package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class HistoryTest extends AmongFriends {
    private String path() {
        return "/api/conversations/" + conversation + "/messages";
    }

    private ValidatableResponse page(String query) {
        return bob.request().get(path() + query).then().statusCode(200);
    }

    private UUID[] say(int count) {
        UUID[] ids = new UUID[count];
        for (int i = 0; i < count; i++) {
            ids[i] = alice.say(conversation, "message " + (i + 1));
        }
        return ids;
    }

    @Nested
    class Participant {
        @Test
        void seesTimestampsInOneFormHoweverRoundTheyAre() {
            UUID message = alice.say(conversation, "on the second");
            Rows.change("update chat_messages set created_at = '2026-01-02T03:04:05Z' where id = ?", message);
            page("").body("messages[0].timestamp", equalTo("2026-01-02T03:04:05.000000Z"));
        }

        @Test
        void seesEveryFieldOfAMessage() {
            UUID first = alice.say(conversation, "first");
            UUID second = bob.say(conversation, "second");
            page("").body("$", aMapWithSize(2))
                    .body("has_more", equalTo(false))
                    .body("messages", hasSize(2))
                    .body("messages[0]", aMapWithSize(12))
                    .body("messages[0].id", equalTo(second.toString()))
                    .body("messages[0].conversation_id", equalTo(conversation.toString()))
                    .body("messages[0].sender_id", equalTo(bob.id().toString()))
                    .body("messages[0].content", equalTo("second"))
                    .body("messages[0].message_type", equalTo(Map.of("type", "text")))
                    .body(
                            "messages[0].timestamp",
                            matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"))
                    .body("messages[0].is_read", equalTo(false))
                    .body("messages[0].is_delivered", equalTo(true))
                    .body("messages[0].crdt_timestamp", equalTo(2))
                    .body("messages[0].braid_version", equalTo(second.toString()))
                    .body("messages[0].braid_parents", equalTo(List.of(first.toString())))
                    .body("messages[0].version_vector", equalTo(Map.of("versions", Map.of())))
                    .body("messages[1].braid_parents", equalTo(List.of(conversation.toString())));
        }

        @Test
        void seesAnEmptyHistory() {
            page("").body("messages", empty()).body("has_more", equalTo(false));
        }

        @Test
        void pagesByOffset() {
            say(5);
            page("?limit=2")
                    .body("messages.content", contains("message 5", "message 4"))
                    .body("has_more", equalTo(true));
            page("?limit=2&offset=2")
                    .body("messages.content", contains("message 3", "message 2"))
                    .body("has_more", equalTo(true));
            page("?limit=2&offset=4")
                    .body("messages.content", contains("message 1"))
                    .body("has_more", equalTo(false));
            page("?limit=2&offset=5").body("messages", empty()).body("has_more", equalTo(false));
            page("?offset=4000000000").body("messages", empty()).body("has_more", equalTo(false));
        }

        @Test
        void isNotPromisedMoreAfterAnExactPage() {
            say(4);
            page("?limit=4").body("messages", hasSize(4)).body("has_more", equalTo(false));
            page("?limit=2&offset=2").body("messages", hasSize(2)).body("has_more", equalTo(false));
            page("?limit=3").body("has_more", equalTo(true));
        }

        @Test
        void pagesBeforeAMessageWhateverArrivesMeanwhile() {
            UUID[] ids = say(4);
            page("?limit=2&before=" + ids[2])
                    .body("messages.content", contains("message 2", "message 1"))
                    .body("has_more", equalTo(false));
            alice.say(conversation, "news");
            page("?limit=1&before=" + ids[2])
                    .body("messages.content", contains("message 2"))
                    .body("has_more", equalTo(true));
            page("?before=" + ids[0]).body("messages", empty()).body("has_more", equalTo(false));
        }

        @Test
        void cannotPageBeforeAMessageOfAnotherConversation() {
            Person carol = Person.signUp();
            UUID elsewhere = alice.befriend(carol);
            UUID foreign = alice.say(elsewhere, "elsewhere");
            bob.request().get(path() + "?before=" + foreign).then().statusCode(404);
            bob.request().get(path() + "?before=" + UUID.randomUUID()).then().statusCode(404);
            bob.request().get(path() + "?before=x").then().statusCode(400);
        }

        @Test
        void getsFiftyUnlessAskedForOthersAndNeverMoreThan500() {
            org.xfchat.testing.Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " select gen_random_uuid(), ?, seq, ?, 'x', now() from generate_series(1, 501) seq",
                    conversation,
                    alice.id());
            page("").body("messages", hasSize(50)).body("has_more", equalTo(true));
            page("?limit=500").body("messages", hasSize(500)).body("has_more", equalTo(true));
            page("?limit=4000000000").body("messages", hasSize(500)).body("has_more", equalTo(true));
            page("?limit=0").body("messages", hasSize(1));
            page("?limit=-5&offset=-5").body("messages.crdt_timestamp", contains(501));
        }

        @ParameterizedTest
        @ValueSource(strings = {"limit=x", "offset=x", "limit=1.5", "limit=0x10", "offset=%00"})
        void isRefusedWhatIsNoNumber(String query) {
            bob.request()
                    .urlEncodingEnabled(false)
                    .get(path() + "?" + query)
                    .then()
                    .statusCode(400);
        }

        @Test
        void findsImagesAndFilesAsTheyWereSent() {
            Map<String, Object> image = new HashMap<>();
            image.put("type", "image");
            image.put("url", "https://example.test/i.png");
            image.put("thumbnail", null);
            image.put("width", 640);
            image.put("height", null);
            Map<String, Object> file = Map.of(
                    "type",
                    "file",
                    "filename",
                    "a.pdf",
                    "size",
                    5_000_000_000L,
                    "mime_type",
                    "application/pdf",
                    "url",
                    "https://example.test/a.pdf");
            for (Map<String, Object> type : List.of(image, file)) {
                alice.request()
                        .body(Map.of("content", "look", "message_type", type))
                        .put(Person.messagePath(conversation, UUID.randomUUID()))
                        .then()
                        .statusCode(200);
                assertThat(page("?limit=1").extract().<Map<String, Object>>path("messages[0].message_type"))
                        .isEqualTo(type);
            }
        }
    }

    @Nested
    class Outsider {
        @Test
        void seesNothing() {
            Person stranger = Person.signUp();
            stranger.request().get(path()).then().statusCode(403);
            stranger.request()
                    .get("/api/conversations/" + UUID.randomUUID() + "/messages")
                    .then()
                    .statusCode(404);
            stranger.request().get("/api/conversations/x/messages").then().statusCode(400);
        }
    }
}
