package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.xfchat.realtime.Follower;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;

/** Events and presence between two processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealtimeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Replicas replicas = Replicas.start(
            2,
            Map.of(
                    "XFCHAT_PRESENCE_LEASE", "4S",
                    "XFCHAT_PRESENCE_GRACE", "3S",
                    "XFCHAT_PRESENCE_RENEW_EVERY", "1S"));
    private final List<Follower> followers = new ArrayList<>();
    private Service here = replicas.get(0);
    private final Service there = replicas.get(1);
    private Person ann;
    private Person bob;
    private UUID conversation;

    @BeforeEach
    void meet() {
        if (!here.isAlive()) {
            here = replicas.add();
        }
        RestAssured.port = here.port();
        ann = Person.signUpNow();
        bob = Person.signUpNow();
        conversation = ann.befriend(bob);
    }

    @AfterEach
    void disconnect() {
        followers.forEach(Follower::close);
        followers.clear();
    }

    @AfterAll
    void stop() {
        replicas.close();
    }

    private Follower follow(Person person, Service at) {
        Follower follower = Follower.open(at.port(), person.token(), "");
        followers.add(follower);
        return follower;
    }

    private boolean isOnline(Person person, Person viewer) {
        return viewer.request()
                .port(there.port())
                .get("/api/contacts")
                .then()
                .statusCode(200)
                .extract()
                .path("contacts.find { it.contact_user_id == '" + person.id() + "' }.is_online");
    }

    private static boolean says(Follower.Seen event, Person person, String status) {
        return event.payload().path("status").asText().equals(status)
                && event.payload()
                        .path("details")
                        .path("user_id")
                        .asText()
                        .equals(person.id().toString());
    }

    private static long count(Follower follower, Person person, String status) {
        return follower.all("status").stream()
                .filter(event -> says(event, person, status))
                .count();
    }

    @Test
    void whatHappensHereIsToldThereOnce() {
        Follower near = follow(bob, here);
        Follower far = follow(bob, there);
        ann.request()
                .body(Map.of("is_typing", true, "conversation_id", conversation))
                .post("/typing")
                .then()
                .statusCode(200);
        UUID message = bob.say(conversation, "hello");
        Follower anns = follow(ann, there);
        ann.request().patch("/api/messages/" + message + "/read").then().statusCode(200);
        Person cid = Person.signUpNow();
        cid.befriend(bob);
        for (Follower follower : List.of(near, far)) {
            assertThat(follower.await("typing").payload().path("user").asText()).isEqualTo(ann.username());
            assertThat(follower.await("read").payload().path("message_id").asText())
                    .isEqualTo(message.toString());
            follower.await("friend_request");
            assertThat(follower.await("conversation")
                            .payload()
                            .path("other_username")
                            .asText())
                    .isEqualTo(cid.username());
            follower.await("status", event -> says(event, ann, "online"));
        }
        anns.close();
        for (Follower follower : List.of(near, far)) {
            follower.await("status", event -> says(event, ann, "offline"));
            assertThat(follower.names())
                    .containsExactlyInAnyOrder("typing", "read", "friend_request", "conversation", "status", "status");
        }
    }

    @Test
    void whoIsAtBothGoesWithTheLastStream() {
        Follower bobs = follow(bob, there);
        Follower one = follow(ann, here);
        Follower other = follow(ann, there);
        bobs.await("status", event -> says(event, ann, "online"));
        await().atMost(PATIENCE)
                .until(() -> replicas.server()
                        .ask(replicas.database(), "select count(*) from presence where user_id = '" + ann.id() + "'")
                        .equals(List.of("2")));
        one.close();
        await().atMost(PATIENCE)
                .until(() -> replicas.server()
                        .ask(replicas.database(), "select count(*) from presence where user_id = '" + ann.id() + "'")
                        .equals(List.of("1")));
        assertThat(isOnline(ann, bob)).isTrue();
        assertThat(count(bobs, ann, "offline")).isZero();
        other.close();
        bobs.await("status", event -> says(event, ann, "offline"));
        assertThat(isOnline(ann, bob)).isFalse();
        assertThat(count(bobs, ann, "online")).isEqualTo(1);
    }

    @Test
    void aReplicaThatIsKilledTakesItsUsersWithIt() {
        Follower bobs = follow(bob, there);
        Follower anns = follow(ann, here);
        bobs.await("status", event -> says(event, ann, "online"));
        assertThat(isOnline(ann, bob)).isTrue();
        here.kill();
        assertThat(anns.stream().awaitEnd(PATIENCE)).isEqualTo(End.ABORTED);
        bobs.await("status", event -> says(event, ann, "offline"));
        assertThat(isOnline(ann, bob)).isFalse();
    }

    @Test
    void aReplicaThatIsStoppedLosesNobodyWhoGoesToAnother() {
        Follower bobs = follow(bob, there);
        Follower anns = follow(ann, here);
        bobs.await("status", event -> says(event, ann, "online"));
        assertThat(here.stop()).isIn(0, 143);
        assertThat(anns.stream().awaitEnd(PATIENCE)).isEqualTo(End.ABORTED);
        follow(ann, there);
        await().atMost(PATIENCE)
                .until(() -> replicas.server()
                        .ask(replicas.database(), "select count(*) from replicas")
                        .equals(List.of("1")));
        assertThat(isOnline(ann, bob)).isTrue();
        assertThat(count(bobs, ann, "offline")).isZero();
    }
}
