package org.xfchat.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class FriendResourceTest {
    private static final String TIMESTAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    private Person asker;
    private Person asked;

    @BeforeEach
    void meet() {
        asker = Person.signUp();
        asked = Person.signUp();
    }

    private static UUID idOf(Response request) {
        return UUID.fromString(request.then()
                .statusCode(200)
                .body("success", equalTo(true))
                .extract()
                .path("request_id"));
    }

    private static void refused(Response request, String error) {
        request.then()
                .statusCode(200)
                .body("$", aMapWithSize(3))
                .body("success", equalTo(false))
                .body("request_id", nullValue())
                .body("error", equalTo(error));
    }

    @Nested
    class Asker {
        @Test
        void asksByAddressInAnyCase() {
            asker.request()
                    .body(Map.of("to_email", asked.email().toUpperCase(Locale.ROOT)))
                    .post("/api/friends/request")
                    .then()
                    .statusCode(200)
                    .body("$", aMapWithSize(3))
                    .body("success", equalTo(true))
                    .body("request_id", notNullValue())
                    .body("error", nullValue());
        }

        @Test
        void isToldThatNobodyHasTheAddress() {
            refused(
                    asker.request()
                            .body(Map.of("to_email", "nobody-" + asker.email()))
                            .post("/api/friends/request"),
                    "User not found");
        }

        @Test
        void cannotAskThemselves() {
            asker.ask(asker)
                    .then()
                    .statusCode(200)
                    .body("success", equalTo(false))
                    .body("request_id", nullValue())
                    .body("error", instanceOf(String.class));
        }

        @Test
        void isRefusedWhileARequestIsPendingInEitherDirection() {
            idOf(asker.ask(asked));
            refused(asker.ask(asked), "Friend request already pending");
            refused(asked.ask(asker), "Friend request already pending");
        }

        @Test
        void isRefusedAmongFriends() {
            asker.befriend(asked);
            refused(asker.ask(asked), "Already friends");
            refused(asked.ask(asker), "Already friends");
        }

        @Test
        void mayAskAgainAfterARejection() {
            asked.answer(idOf(asker.ask(asked)), false).then().statusCode(200);
            assertThat(idOf(asker.ask(asked))).isNotNull();
        }

        @Test
        void seesNothingOfTheOwnRequest() {
            idOf(asker.ask(asked));
            asker.request().get("/api/friends/requests").then().statusCode(200).body("requests", empty());
        }

        @Test
        void cannotAnswerTheOwnRequest() {
            UUID request = idOf(asker.ask(asked));
            asker.answer(request, true).then().statusCode(403);
            asker.answer(request, false).then().statusCode(403);
        }
    }

    @Nested
    class Recipient {
        @Test
        void seesEveryFieldOfARequest() {
            UUID request = idOf(asker.request()
                    .body(Map.of("to_email", asked.email(), "message", "It's me"))
                    .post("/api/friends/request"));
            asked.request()
                    .get("/api/friends/requests")
                    .then()
                    .statusCode(200)
                    .body("$", aMapWithSize(1))
                    .body("requests", hasSize(1))
                    .body("requests[0]", aMapWithSize(10))
                    .body("requests[0].id", equalTo(request.toString()))
                    .body("requests[0].from_user_id", equalTo(asker.id().toString()))
                    .body("requests[0].to_user_id", equalTo(asked.id().toString()))
                    .body("requests[0].from_username", equalTo(asker.username()))
                    .body("requests[0].from_email", equalTo(asker.email()))
                    .body("requests[0].to_email", equalTo(asked.email()))
                    .body("requests[0].message", equalTo("It's me"))
                    .body("requests[0].status", equalTo("pending"))
                    .body("requests[0].created_at", matchesPattern(TIMESTAMP))
                    .body("requests[0].responded_at", nullValue());
        }

        @Test
        void seesWhatIsPendingNewestFirst() {
            UUID first = idOf(asker.ask(asked));
            UUID second = idOf(Person.signUp().ask(asked));
            UUID rejected = idOf(Person.signUp().ask(asked));
            UUID accepted = idOf(Person.signUp().ask(asked));
            asked.answer(rejected, false).then().statusCode(200);
            asked.answer(accepted, true).then().statusCode(200);
            asked.request()
                    .get("/api/friends/requests")
                    .then()
                    .statusCode(200)
                    .body("requests.id", contains(second.toString(), first.toString()));
        }

        @Test
        void acceptsWithOneConversationAndContactsBothWays() {
            UUID request = idOf(asker.ask(asked));
            asked.answer(request, true)
                    .then()
                    .statusCode(200)
                    .body("$", aMapWithSize(2))
                    .body("success", equalTo(true))
                    .body("error", nullValue());
            assertThat(asker.conversationWith(asked)).isEqualTo(asked.conversationWith(asker));
            asker.request()
                    .get("/api/contacts")
                    .then()
                    .body("contacts.contact_user_id", contains(asked.id().toString()));
            asked.request()
                    .get("/api/contacts")
                    .then()
                    .body("contacts.contact_user_id", contains(asker.id().toString()));
            assertThat(Rows.text("select created_by from conversations where id = ?", asker.conversationWith(asked)))
                    .isEqualTo(asker.id().toString());
        }

        @Test
        void rejectsWithNothing() {
            asked.answer(idOf(asker.ask(asked)), false).then().statusCode(200).body("success", equalTo(true));
            asker.request().get("/api/contacts").then().body("contacts", empty());
            asked.request().get("/api/conversations").then().body("conversations", empty());
        }

        @Test
        void mayGiveTheSameAnswerAgainButNotTheOpposite() {
            UUID accepted = idOf(asker.ask(asked));
            asked.answer(accepted, true).then().statusCode(200);
            asked.answer(accepted, true).then().statusCode(200).body("success", equalTo(true));
            asked.answer(accepted, false).then().statusCode(409);
            asker.conversationWith(asked);

            Person third = Person.signUp();
            UUID rejected = idOf(third.ask(asked));
            asked.answer(rejected, false).then().statusCode(200);
            asked.answer(rejected, false).then().statusCode(200);
            asked.answer(rejected, true).then().statusCode(409);
            third.request().get("/api/contacts").then().body("contacts", empty());
        }

        @Test
        void reusesAnExistingDirectConversation() {
            UUID conversation = asker.befriend(asked);
            Rows.change("delete from contacts where user_id = ? or contact_user_id = ?", asker.id(), asker.id());
            assertThat(asked.befriend(asker)).isEqualTo(conversation);
        }

        @Test
        void cannotAnswerWhatIsNotThere() {
            asked.answer(UUID.randomUUID(), true).then().statusCode(404);
            asked.answer(UUID.randomUUID(), false).then().statusCode(404);
        }

        @Test
        void cannotAnswerAnAskerWhoIsGone() {
            UUID request = idOf(asker.ask(asked));
            asker.request()
                    .body(Map.of("password", asker.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            asked.answer(request, true).then().statusCode(404);
            asked.answer(request, false).then().statusCode(404);
        }
    }

    @Nested
    class Stranger {
        @Test
        void cannotAnswer() {
            UUID request = idOf(asker.ask(asked));
            Person stranger = Person.signUp();
            stranger.answer(request, true).then().statusCode(403);
            stranger.answer(request, false).then().statusCode(403);
            asked.request().get("/api/friends/requests").then().body("requests.id", contains(request.toString()));
        }
    }

    @Nested
    class Friend {
        @Test
        void seesEveryFieldOfAContact() {
            asker.befriend(asked);
            asker.request()
                    .get("/api/contacts")
                    .then()
                    .statusCode(200)
                    .body("$", aMapWithSize(1))
                    .body("contacts", hasSize(1))
                    .body("contacts[0]", aMapWithSize(10))
                    .body("contacts[0].id", notNullValue())
                    .body("contacts[0].user_id", equalTo(asker.id().toString()))
                    .body("contacts[0].contact_user_id", equalTo(asked.id().toString()))
                    .body("contacts[0].username", equalTo(asked.username()))
                    .body("contacts[0].email", equalTo(asked.email()))
                    .body("contacts[0].display_name", nullValue())
                    .body("contacts[0].avatar_url", nullValue())
                    .body("contacts[0].last_seen", matchesPattern(TIMESTAMP))
                    .body("contacts[0].is_online", equalTo(false))
                    .body("contacts[0].created_at", matchesPattern(TIMESTAMP));
        }

        @Test
        void seesContactsByUserName() {
            String rest = UUID.randomUUID().toString().replace("-", "").substring(0, 20);
            Person b = Person.signUp("b" + rest, "b" + rest + "@example.test");
            Person c = Person.signUp("C" + rest, "c" + rest + "@example.test");
            Person a = Person.signUp("A" + rest, "a" + rest + "@example.test");
            asker.befriend(b);
            c.befriend(asker);
            asker.befriend(a);
            asker.request()
                    .get("/api/contacts")
                    .then()
                    .body("contacts.username", contains(a.username(), b.username(), c.username()));
        }
    }
}
