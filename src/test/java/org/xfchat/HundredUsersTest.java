package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.SetUp;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Together;

/**
 * The original plan's floor: a hundred at once, from sign-up to a read message, without one error. On a machine that is too busy
 * to hash a hundred passwords within a request's time some are told when to come back, and do.
 */
@QuarkusTest
@Tag("whole-service")
@Tag("foreign")
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
        JsonNode messages =
                get(person, "/api/conversations/" + conversation + "/messages").get("messages");
        assertThat(messages).hasSize(2);
        assertThat(messages)
                .filteredOn(each ->
                        each.get("sender_id").asText().equals(partner.id().toString()))
                .extracting(each -> each.get("content").asText())
                .containsExactly("from " + partner.username());
        SetUp.done("PATCH", "/api/messages/" + message + "/read", person.token(), null);
    }

    private static void hasOneConversationWithNothingUnread(Person person, Person partner) {
        JsonNode conversations = get(person, "/api/conversations").get("conversations");
        assertThat(conversations)
                .extracting(each -> each.get("other_username").asText())
                .containsExactly(partner.username());
        assertThat(conversations)
                .extracting(each -> each.get("unread_count").asInt())
                .containsExactly(0);
        assertThat(get(person, "/api/contacts").get("contacts"))
                .extracting(each -> each.get("username").asText())
                .containsExactly(partner.username());
        assertThat(get(person, "/api/usage").get("messages_sent").asInt()).isEqualTo(1);
    }

    private static JsonNode get(Person person, String path) {
        return SetUp.done("GET", path, person.token(), null);
    }
}
