package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Contract 3, {@code /typing}: who is told, and what is refused. */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class TypingTest extends WithFollowers {
    private static void type(Person person, UUID conversation) {
        person.request()
                .body(Map.of("user", "somebody else", "is_typing", true, "conversation_id", conversation))
                .post("/typing")
                .then()
                .statusCode(200);
    }

    @Test
    void typingIsToldToContacts() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Person stranger = Person.signUp();
        ann.befriend(bob);
        Follower bobs = follow(bob);
        Follower anns = follow(ann);
        Follower strangers = follow(stranger);
        type(ann, true);
        JsonNode payload = bobs.await("typing").payload();
        assertThat(fields(payload)).containsExactly("user", "is_typing");
        assertThat(payload.path("user").asText()).isEqualTo(ann.username());
        assertThat(payload.path("is_typing").asBoolean()).isTrue();
        type(ann, false);
        bobs.await("typing", event -> !event.payload().path("is_typing").asBoolean());
        anns.awaitEnd(ann);
        strangers.awaitEnd(stranger);
        assertThat(anns.names()).doesNotContain("typing");
        assertThat(strangers.names()).doesNotContain("typing");
    }

    @Test
    void typingSomewhereIsToldToThoseWhoTakePartThere() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Person cid = Person.signUp();
        UUID conversation = ann.befriend(bob);
        UUID other = ann.befriend(cid);
        Follower bobs = follow(bob);
        Follower cids = follow(cid);
        type(ann, conversation);
        JsonNode payload = bobs.await("typing").payload();
        assertThat(payload.path("conversation_id").asText()).isEqualTo(conversation.toString());
        assertThat(payload.path("user").asText()).isEqualTo(ann.username());
        type(ann, other);
        assertThat(cids.await("typing").payload().path("conversation_id").asText())
                .isEqualTo(other.toString());
    }

    @Test
    void typingIsRefusedWhereTheCallerDoesNotTakePart() {
        Person ann = Person.signUp();
        UUID foreign = Person.signUp().befriend(Person.signUp());
        Map<UUID, Integer> refusals = Map.of(foreign, 403, UUID.randomUUID(), 404);
        refusals.forEach((conversation, status) -> ann.request()
                .body(Map.of("is_typing", true, "conversation_id", conversation))
                .post("/typing")
                .then()
                .statusCode(status));
    }

    @Test
    void whatIsRefusedOfTypingIs400() {
        Person ann = Person.signUp();
        for (String body : new String[] {
            "",
            "{",
            "null",
            "[]",
            "{}",
            "{\"is_typing\":null}",
            "{\"is_typing\":\"true\"}",
            "{\"is_typing\":1}",
            "{\"is_typing\":true,\"user\":1}",
            "{\"is_typing\":true,\"conversation_id\":\"x\"}"
        }) {
            assertThat(ann.request().body(body).post("/typing").statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        ann.request()
                .contentType("text/plain")
                .body("{\"is_typing\":true,\"user\":null}")
                .post("/typing")
                .then()
                .statusCode(200);
    }
}
