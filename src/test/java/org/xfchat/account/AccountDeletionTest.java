package org.xfchat.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class AccountDeletionTest {
    private static Response delete(Person person, String password) {
        return person.request().body(Map.of("password", password)).delete("/api/auth/me");
    }

    @Nested
    class TheDeleted {
        @Test
        void isStillThereAfterAWrongPassword() {
            Person person = Person.signUp();
            delete(person, "not the password").then().statusCode(403);
            person.request().get("/api/auth/me").then().statusCode(200);
        }

        @Test
        void cannotUseTheTokenNorThePasswordAgain() {
            Person person = Person.signUp();
            delete(person, person.password()).then().statusCode(204);
            person.request().get("/api/auth/me").then().statusCode(401);
            delete(person, person.password()).then().statusCode(401);
            anonymous()
                    .body(Map.of("username", person.username(), "password", person.password()))
                    .post("/api/auth/login")
                    .then()
                    .statusCode(401);
        }

        @Test
        void leavesATombstone() {
            Person person = Person.signUp();
            delete(person, person.password()).then().statusCode(204);
            assertThat(Rows.number(
                            "select count(*) from users where id = ? and deleted_at is not null and username is null"
                                    + " and email is null and password_hash is null",
                            person.id()))
                    .isEqualTo(1);
        }

        @Test
        void freesNameAndAddress() {
            Person person = Person.signUp();
            delete(person, person.password()).then().statusCode(204);
            Person again = Person.signUp(person.username(), person.email());
            assertThat(again.id()).isNotEqualTo(person.id());
            again.request().get("/api/conversations").then().statusCode(200).body("conversations", empty());
        }
    }

    @Nested
    class TheOthers {
        @Test
        void keepTheConversationAndItsHistory() {
            Person gone = Person.signUp();
            Person stays = Person.signUp();
            UUID conversation = gone.befriend(stays);
            UUID message = gone.say(conversation, "remember me");
            delete(gone, gone.password()).then().statusCode(204);

            stays.request()
                    .get("/api/conversations")
                    .then()
                    .statusCode(200)
                    .body("conversations.id", contains(conversation.toString()))
                    .body("conversations[0].other_username", nullValue())
                    .body(
                            "conversations[0].participants",
                            containsInAnyOrder(gone.id().toString(), stays.id().toString()))
                    .body("conversations[0].last_message.content", equalTo("remember me"));
            stays.request()
                    .get("/api/conversations/" + conversation + "/messages")
                    .then()
                    .statusCode(200)
                    .body("messages.id", contains(message.toString()))
                    .body("messages[0].sender_id", equalTo(gone.id().toString()));
            stays.say(conversation, "to nobody");
        }

        @Test
        void loseTheContact() {
            Person gone = Person.signUp();
            Person stays = Person.signUp();
            gone.befriend(stays);
            delete(gone, gone.password()).then().statusCode(204);
            stays.request().get("/api/contacts").then().statusCode(200).body("contacts", empty());
        }

        @Test
        void noLongerSeeARequestOfTheDeletedNorCanAnswerIt() {
            Person gone = Person.signUp();
            Person asked = Person.signUp();
            UUID request = UUID.fromString(gone.ask(asked).path("request_id"));
            delete(gone, gone.password()).then().statusCode(204);
            asked.request().get("/api/friends/requests").then().statusCode(200).body("requests", empty());
            asked.answer(request, true).then().statusCode(404);
        }

        @Test
        void cannotAskTheDeleted() {
            Person gone = Person.signUp();
            Person asks = Person.signUp();
            delete(gone, gone.password()).then().statusCode(204);
            asks.ask(gone)
                    .then()
                    .statusCode(200)
                    .body("success", equalTo(false))
                    .body("error", equalTo("User not found"));
        }
    }
}
