package org.xfchat.message;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class ReadMarkTest extends AmongFriends {
    private static ValidatableResponse markRead(Person reader, Object message) {
        return reader.request().patch("/api/messages/" + message + "/read").then();
    }

    /** Newest first. */
    private void readMarksAre(Person viewer, Boolean... marks) {
        viewer.request()
                .get("/api/conversations/" + conversation + "/messages")
                .then()
                .statusCode(200)
                .body("messages.is_read", contains(marks));
    }

    private static void hasUnread(Person reader, int count) {
        reader.request()
                .get("/api/conversations")
                .then()
                .statusCode(200)
                .body("conversations[0].unread_count", equalTo(count));
    }

    @Nested
    class Reader {
        @Test
        void marksAMessageAndEverythingBeforeIt() {
            alice.say(conversation, "one");
            UUID two = alice.say(conversation, "two");
            alice.say(conversation, "three");
            readMarksAre(alice, false, false, false);
            markRead(bob, two).statusCode(200).body(equalTo(""));
            readMarksAre(alice, false, true, true);
            readMarksAre(bob, false, true, true);
            hasUnread(bob, 1);
        }

        @Test
        void neverGoesBack() {
            UUID one = alice.say(conversation, "one");
            UUID two = alice.say(conversation, "two");
            markRead(bob, two).statusCode(200);
            markRead(bob, one).statusCode(200);
            markRead(bob, two).statusCode(200);
            readMarksAre(alice, true, true);
            hasUnread(bob, 0);
        }

        @Test
        void mayNameTheMessageInUpperCase() {
            UUID one = alice.say(conversation, "one");
            markRead(bob, one.toString().toUpperCase(java.util.Locale.ROOT)).statusCode(200);
            hasUnread(bob, 0);
        }

        @Test
        void doesNotReadTheOtherSidesMessagesForTheSender() {
            alice.say(conversation, "one");
            UUID two = bob.say(conversation, "two");
            markRead(alice, two).statusCode(200);
            // Bob's message is read by Alice; hers is not read by Bob.
            readMarksAre(alice, true, false);
        }
    }

    @Nested
    class Sender {
        @Test
        void hasNoEffectOnTheOwnMessage() {
            UUID own = alice.say(conversation, "mine");
            hasUnread(bob, 1);
            bob.say(conversation, "from the other side");
            markRead(alice, own).statusCode(200).body(equalTo(""));
            readMarksAre(alice, false, false);
            hasUnread(alice, 1);
            // Who answers has read what is above it; only his own count says so.
            hasUnread(bob, 0);
        }
    }

    @Nested
    class Outsider {
        @Test
        void marksNothing() {
            UUID one = alice.say(conversation, "one");
            Person stranger = Person.signUp();
            markRead(stranger, one).statusCode(403);
            markRead(stranger, UUID.randomUUID()).statusCode(404);
            markRead(stranger, "x").statusCode(400);
            readMarksAre(alice, false);
        }
    }
}
