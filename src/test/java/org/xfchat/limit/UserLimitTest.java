package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.limit.Refusals.assertRefused;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** A user who asks for too much is refused, and nobody else notices. */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class UserLimitTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void friendRequestsAreLimited() {
        Person asking = Person.signUp();
        for (int i = 0; i < 3; i++) {
            asking.ask(Person.signUp()).then().statusCode(200);
        }
        assertRefused(asking.ask(Person.signUp()));
        Person other = Person.signUp();
        other.ask(asking).then().statusCode(200);
    }

    @Test
    void typingIsLimited() {
        Person typing = Person.signUp();
        Map<String, Boolean> body = Map.of("is_typing", true);
        for (int i = 0; i < 3; i++) {
            typing.request().body(body).post("/typing").then().statusCode(200);
        }
        assertRefused(typing.request().body(body).post("/typing"));
    }

    /** The limit is the user's, so first it has to be known who it is. */
    @Test
    void aBadTokenIsABadTokenHoweverOften() {
        for (int i = 0; i < 5; i++) {
            anonymous()
                    .header("Authorization", "Bearer nonsense")
                    .body(Map.of("is_typing", true))
                    .post("/typing")
                    .then()
                    .statusCode(401);
        }
    }

    @Test
    void streamsAreLimitedAndAPlaceThatIsLeftIsFree() {
        Friends friends = Friends.meet();
        Map<String, String> subscribe = Map.of("Subscribe", "true");
        try (HttpStream first = friends.read(friends.bob(), "", subscribe)) {
            assertThat(first.status()).isEqualTo(209);
            HttpStream second = friends.read(friends.bob(), "", Map.of("Accept", "text/event-stream"));
            assertThat(second.status()).isEqualTo(200);
            for (String path : List.of(Person.logPath(friends.conversation()), "/chat", "/realtime")) {
                assertRefused(
                        friends.bob().request().header("Subscribe", "true").get(path));
            }
            // What is no stream is no matter.
            friends.bob().request().get("/chat").then().statusCode(200);
            try (HttpStream others = friends.read(friends.alice(), "", subscribe)) {
                assertThat(others.status()).isEqualTo(209);
            }
            second.close();
            await().atMost(SOON).until(() -> status(friends.bob()) == 209);
        }
    }

    private static int status(Person person) {
        try (HttpStream stream = HttpStream.open(
                RestAssured.port,
                Request.get("/chat", Map.of("Subscribe", "true", "Authorization", "Bearer " + person.token())))) {
            return stream.status();
        }
    }
}
