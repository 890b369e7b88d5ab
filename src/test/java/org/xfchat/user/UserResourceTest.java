package org.xfchat.user;

import static org.hamcrest.Matchers.equalTo;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class UserResourceTest {
    @Nested
    class Anonymous {
        @Test
        void signsUpAndIsLoggedIn() {
            Person person = Person.signUp();
            person.request()
                    .get("/api/auth/me")
                    .then()
                    .statusCode(200)
                    .body("username", equalTo(person.username()))
                    .body("email", equalTo(person.email()));
        }

        @Test
        void isToldOneSentenceAboutTheFirstThingThatIsWrong() {
            anonymous()
                    .body(Map.of("username", "1x", "email", "nowhere", "password", "short"))
                    .post("/api/auth/signup")
                    .then()
                    .statusCode(400)
                    .body(equalTo("Username must have 3 to 30 letters, digits or underscores and begin with a letter"));
        }
    }

    @Nested
    class SignedIn {
        @Test
        void deletesTheAccountAndFreesItsName() {
            Person person = Person.signUp();
            person.request()
                    .body(Map.of("password", person.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            person.request().get("/api/auth/me").then().statusCode(401);
            Person again = Person.signUp(person.username(), person.email());
            again.request()
                    .get("/api/auth/me")
                    .then()
                    .body("id", equalTo(again.id().toString()));
            anonymous()
                    .body(Map.of("username", "u" + UUID.randomUUID(), "password", "whatever it is"))
                    .post("/api/auth/login")
                    .then()
                    .statusCode(401);
        }
    }
}
