package org.xfchat.account;

import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class UserResourceTest {
    private static final String PASSWORD = "a good password";

    static Response signUp(String username, String email, String password) {
        return anonymous()
                .body(Map.of("username", username, "email", email, "password", password))
                .post("/api/auth/signup");
    }

    /** A name of this length that nobody has. */
    static String newName(int length) {
        String random = UUID.randomUUID().toString().replace("-", "");
        return "n" + random.substring(0, length - 1);
    }

    static String newEmail() {
        return UUID.randomUUID() + "@example.test";
    }

    @Nested
    class Anonymous {
        @Test
        void signsUpAndIsLoggedIn() {
            Person person = Person.signUpNow();
            person.request()
                    .get("/api/auth/me")
                    .then()
                    .statusCode(200)
                    .body("$", aMapWithSize(4))
                    .body("id", equalTo(person.id().toString()))
                    .body("username", equalTo(person.username()))
                    .body("email", equalTo(person.email()))
                    .body("$", hasKey("subscription_status"))
                    .body("subscription_status", nullValue());
        }

        @Test
        void isToldOneSentenceAboutTheFirstThingThatIsWrong() {
            Person existing = Person.signUpNow();
            signUp("1x", "nowhere", "short")
                    .then()
                    .statusCode(400)
                    .body(equalTo("Username must have 3 to 30 letters, digits or underscores and begin with a letter"));
            signUp(existing.username(), "nowhere", "short")
                    .then()
                    .statusCode(400)
                    .body(startsWith("Email "));
            signUp(existing.username(), existing.email(), "short")
                    .then()
                    .statusCode(400)
                    .body(startsWith("Password "));
            signUp(existing.username(), existing.email(), PASSWORD)
                    .then()
                    .statusCode(409)
                    .body(equalTo("Username already taken"));
            signUp(newName(12), existing.email(), PASSWORD)
                    .then()
                    .statusCode(409)
                    .body(equalTo("Email already registered"));
        }

        @Test
        void isRefusedANameOrAddressThatDiffersOnlyInCase() {
            Person existing = Person.signUpNow();
            signUp(existing.username().toUpperCase(Locale.ROOT), newEmail(), PASSWORD)
                    .then()
                    .statusCode(409)
                    .body(equalTo("Username already taken"));
            signUp(newName(12), existing.email().toUpperCase(Locale.ROOT), PASSWORD)
                    .then()
                    .statusCode(409)
                    .body(equalTo("Email already registered"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"system_bot", "system_global", "System_Bot", "SYSTEM_GLOBAL"})
        void isRefusedAReservedName(String name) {
            signUp(name, newEmail(), PASSWORD).then().statusCode(409).body(equalTo("Username already taken"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "ab", "1abc", "_abc", "a b", "a-b-c", "äbc", "abc\n", " abc", "a\u0000bc", "abc😀"})
        void isRefusedAMalformedName(String name) {
            signUp(name, newEmail(), PASSWORD).then().statusCode(400).body(startsWith("Username "));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "nowhere", "a b@example.test", "a\n@example.test", "a\u0000@example.test"})
        void isRefusedAMalformedAddress(String email) {
            signUp(newName(12), email, PASSWORD).then().statusCode(400).body(startsWith("Email "));
        }

        @Test
        void choosesANameOfThreeToThirtyCharacters() {
            signUp(newName(3).replace('n', 'q'), newEmail(), PASSWORD).then().statusCode(200);
            signUp(newName(30), newEmail(), PASSWORD).then().statusCode(200);
            signUp(newName(31), newEmail(), PASSWORD).then().statusCode(400);
        }

        @Test
        void choosesAnAddressOfAtMost255Characters() {
            String start = newEmail();
            signUp(newName(12), start + "x".repeat(255 - start.length()), PASSWORD)
                    .then()
                    .statusCode(200);
            signUp(newName(12), start + "x".repeat(256 - start.length()), PASSWORD)
                    .then()
                    .statusCode(400)
                    .body(startsWith("Email "));
        }

        @Test
        void choosesAPasswordOfEightCharactersHoweverManyBytesTheyTake() {
            signUp(newName(12), newEmail(), "😀".repeat(7))
                    .then()
                    .statusCode(400)
                    .body(startsWith("Password "));
            signUp(newName(12), newEmail(), "😀".repeat(8)).then().statusCode(200);
        }

        @Test
        void readsAProblemWhereJsonIsAccepted() {
            anonymous()
                    .accept("application/json")
                    .body(Map.of("username", "1", "email", newEmail(), "password", PASSWORD))
                    .post("/api/auth/signup")
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("status", equalTo(400))
                    .body("code", equalTo("invalid_request"))
                    .body("detail", startsWith("Username "));
        }
    }

    @Nested
    class SignedIn {
        @Test
        void seesTheSubscriptionOfAnUpgradedAccount() {
            Person person = Person.signUpNow();
            org.xfchat.testing.Rows.change("update users set subscription_status = 'active' where id = ?", person.id());
            person.request().get("/api/auth/me").then().statusCode(200).body("subscription_status", equalTo("active"));
        }
    }
}
