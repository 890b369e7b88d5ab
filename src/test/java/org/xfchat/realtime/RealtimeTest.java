package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.anonymous;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Contract 3: who is told what. That somebody is told nothing is seen by what they are told afterwards. */
@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class RealtimeTest extends WithFollowers {
    @Test
    void isAStreamOfItsOwnForm() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        bob.befriend(ann);
        Follower follower = follow(ann);
        HttpStream stream = follower.stream();
        assertThat(stream.header("content-type").orElseThrow()).startsWith("text/event-stream");
        assertThat(stream.header("cache-control").orElseThrow()).contains("no-store");
        type(bob, true);
        JsonNode event = follower.await("typing").event();
        assertThat(fields(event)).containsExactly("event_type", "payload", "timestamp", "version");
        assertThat(event.path("event_type").asText()).isEqualTo("typing");
        assertThat(event.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(event.path("version").isNull()).isTrue();
        assertThat(stream.text()).contains("event: typing\ndata: {\"event_type\":\"typing\",");
        assertThat(stream.text()).doesNotContain("id:");
    }

    @Test
    void isOpenedOnRequestOnly() {
        Person ann = Person.signUp();
        anonymous().get("/realtime").then().statusCode(401);
        ann.request().get("/realtime").then().statusCode(400);
        for (String no : new String[] {"?0", "false"}) {
            ann.request().header("Subscribe", no).get("/realtime").then().statusCode(400);
        }
        ann.request().accept("text/event-stream").head("/realtime").then().statusCode(200);
        Map<String, String> headers = Map.of("Authorization", "Bearer " + ann.token(), "Subscribe", "true");
        try (HttpStream stream = HttpStream.open(RestAssured.port, HttpStream.Request.get("/realtime", headers))) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("subscribe")).contains("true");
        }
    }

    @Test
    void requestsAndAnswersAreToldToTheOtherSide() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Follower anns = follow(ann);
        Follower bobs = follow(bob);
        String request = ann.request()
                .body(Map.of("to_email", bob.email(), "message", "Grüße 👋"))
                .post("/api/friends/request")
                .path("request_id");
        Follower.Seen asked = bobs.await("friend_request");
        assertThat(asked.event().path("event_type").path("custom").asText()).isEqualTo("friend_request");
        assertThat(asked.payload().path("id").asText()).isEqualTo(request);
        assertThat(asked.payload().path("message").asText()).isEqualTo("Grüße 👋");
        assertThat(asked.payload().path("from_username").asText()).isEqualTo(ann.username());
        assertThat(asked.payload().path("to_email").asText()).isEqualTo(bob.email());
        assertThat(asked.payload().path("status").asText()).isEqualTo("pending");
        bob.answer(UUID.fromString(request), true).then().statusCode(200);
        JsonNode answer = anns.await("friend_response").payload();
        assertThat(answer.path("request_id").asText()).isEqualTo(request);
        assertThat(answer.path("accepted").asBoolean()).isTrue();
        for (Follower follower : List.of(anns, bobs)) {
            JsonNode conversation = follower.await("conversation").payload();
            assertThat(conversation.path("other_username").asText())
                    .isEqualTo((follower == anns ? bob : ann).username());
            assertThat(conversation.path("id").asText())
                    .isEqualTo(ann.conversationWith(bob).toString());
        }
        bob.answer(UUID.fromString(request), true).then().statusCode(200);
        anns.awaitEnd(ann);
        bobs.awaitEnd(bob);
        assertThat(anns.all("friend_response")).hasSize(1);
        assertThat(anns.all("conversation")).hasSize(1);
        assertThat(bobs.names()).doesNotContain("friend_response");
    }

    @Test
    void aRejectionMakesNoConversation() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Follower anns = follow(ann);
        String request = ann.ask(bob).path("request_id");
        ann.ask(bob).then().statusCode(200);
        bob.answer(UUID.fromString(request), false).then().statusCode(200);
        assertThat(anns.await("friend_response").payload().path("accepted").asBoolean(true))
                .isFalse();
        anns.awaitEnd(ann);
        assertThat(anns.names()).doesNotContain("conversation");
    }

    @Test
    void readingIsToldToTheOthers() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        UUID conversation = ann.befriend(bob);
        UUID first = ann.say(conversation, "one");
        UUID second = ann.say(conversation, "two");
        Follower anns = follow(ann);
        Follower bobs = follow(bob);
        bob.request().patch("/api/messages/" + second + "/read").then().statusCode(200);
        // Read before, or one's own: no news.
        bob.request().patch("/api/messages/" + first + "/read").then().statusCode(200);
        ann.request().patch("/api/messages/" + second + "/read").then().statusCode(200);
        JsonNode payload = anns.await("read").payload();
        assertThat(payload.path("conversation_id").asText()).isEqualTo(conversation.toString());
        assertThat(payload.path("message_id").asText()).isEqualTo(second.toString());
        assertThat(payload.path("reader_id").asText()).isEqualTo(bob.id().toString());
        anns.awaitEnd(ann);
        bobs.awaitEnd(bob);
        assertThat(anns.all("read")).hasSize(1);
        assertThat(bobs.names()).doesNotContain("read");
    }

    @Test
    void contactsAreToldWhoComesAndGoes() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        ann.befriend(bob);
        Follower bobs = follow(bob);
        Follower anns = follow(ann);
        JsonNode online = bobs.await("status", event -> isAbout(event, ann)).payload();
        assertThat(online.path("status").asText()).isEqualTo("online");
        assertThat(online.path("details").path("status").asText()).isEqualTo("online");
        assertThat(online.path("details").path("last_seen").isTextual()).isTrue();
        anns.close();
        JsonNode offline = bobs.await(
                        "status",
                        event -> isAbout(event, ann)
                                && Objects.equals(event.payload().path("status").asText(), "offline"))
                .payload();
        assertThat(offline.path("details").path("last_seen").asText())
                .isGreaterThan(online.path("details").path("last_seen").asText());
    }

    private static boolean isAbout(Follower.Seen event, Person person) {
        return event.payload()
                .path("details")
                .path("user_id")
                .asText()
                .equals(person.id().toString());
    }

    @Test
    void typesChooseWhatIsTold() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Follower chosen = follow(bob, "?types=Typing,FRIEND_REQUEST,%20,unknown");
        Follower other = follow(bob, "?types=conversation");
        Follower all = follow(bob, "?types=");
        ann.befriend(bob);
        type(ann, true);
        chosen.await("typing");
        all.await("typing");
        other.await("conversation");
        assertThat(chosen.names()).containsExactly("friend_request", "typing");
        assertThat(other.names()).containsExactly("conversation");
        assertThat(all.names()).contains("friend_request", "conversation", "typing");
    }

    @Test
    void everyStreamOfAUserIsTold() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        List<Follower> devices = List.of(follow(bob), follow(bob), follow(bob));
        ann.ask(bob).then().statusCode(200);
        devices.forEach(device -> device.await("friend_request"));
    }
}
