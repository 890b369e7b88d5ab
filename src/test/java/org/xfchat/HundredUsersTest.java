package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Together;

/**
 * The original plan's floor: a hundred at once, from sign-up to a read message, without one error. On a machine that is too busy
 * to hash a hundred passwords within a request's time some are told when to come back, and do.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class HundredUsersTest {
    private static final int USERS = 100;

    @Test
    void doEverythingAtOnce() {
        List<Person> people = Together.run(USERS, i -> Person.signUpNow());
        assertThat(people).extracting(Person::id).doesNotHaveDuplicates();
        List<UUID> conversations =
                Together.run(USERS / 2, pair -> people.get(2 * pair).befriend(people.get(2 * pair + 1)));
        List<UUID> messages = Together.run(
                USERS,
                i -> people.get(i)
                        .say(conversations.get(i / 2), "from " + people.get(i).username()));
        Together.run(USERS, i -> {
            readsThePartnersMessage(people.get(i), people.get(partner(i)), messages.get(partner(i)));
            return i;
        });
        Together.run(USERS, i -> {
            hasOneConversationWithNothingUnread(people.get(i), people.get(partner(i)));
            return i;
        });
    }

    private static int partner(int i) {
        return i ^ 1;
    }

    private static void readsThePartnersMessage(Person person, Person partner, UUID message) {
        UUID conversation = person.conversationWith(partner);
        person.request()
                .get("/api/conversations/" + conversation + "/messages")
                .then()
                .statusCode(200)
                .body("messages", hasSize(2))
                .body(
                        "messages.find { it.sender_id == '" + partner.id() + "' }.content",
                        equalTo("from " + partner.username()));
        person.request().patch("/api/messages/" + message + "/read").then().statusCode(200);
    }

    private static void hasOneConversationWithNothingUnread(Person person, Person partner) {
        person.request()
                .get("/api/conversations")
                .then()
                .statusCode(200)
                .body("conversations.other_username", contains(partner.username()))
                .body("conversations.unread_count", contains(0));
        person.request()
                .get("/api/contacts")
                .then()
                .statusCode(200)
                .body("contacts.username", contains(partner.username()));
        person.request().get("/api/usage").then().statusCode(200).body("messages_sent", equalTo(1));
    }
}
