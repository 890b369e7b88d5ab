package org.xfchat.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class LogInTest {
    private static final Duration HANG = Duration.ofMinutes(2);

    /** The default of {@code xfchat.auth.refusal-floor}. */
    private static final Duration REFUSAL_FLOOR = Duration.ofMillis(600);

    private static Response logIn(String name, String password) {
        return anonymous().body(Map.of("username", name, "password", password)).post("/api/auth/login");
    }

    static String hashOf(Person person) {
        return Rows.text("select password_hash from users where id = ?", person.id());
    }

    private static void store(Person person, String hash) {
        Rows.change("update users set password_hash = ? where id = ?", hash, person.id());
    }

    @Nested
    class WithTheRightPassword {
        @Test
        void getsATokenByNameOrAddressInAnyCase() {
            Person person = Person.signUpNow();
            for (String name : new String[] {
                person.username(),
                person.username().toUpperCase(Locale.ROOT),
                person.email(),
                person.email().toUpperCase(Locale.ROOT)
            }) {
                String token = logIn(name, person.password())
                        .then()
                        .statusCode(200)
                        .body("user.id", equalTo(person.id().toString()))
                        .body("user.username", equalTo(person.username()))
                        .body("user.email", equalTo(person.email()))
                        .body("token", notNullValue())
                        .extract()
                        .path("token");
                anonymous()
                        .header("Authorization", "Bearer " + token)
                        .get("/api/auth/me")
                        .then()
                        .statusCode(200)
                        .body("id", equalTo(person.id().toString()));
            }
        }
    }

    /** The vectors are those of crypt_blowfish, not ours. */
    @Nested
    class WithAHashOfTheOldServer {
        @ParameterizedTest
        @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
        void logsInAndIsHashedAnew(String prefix) {
            Person person = Person.signUpNow();
            store(person, prefix + "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            logIn(person.username(), "U*U*").then().statusCode(401);
            assertThat(hashOf(person)).startsWith(prefix);
            // Where there is no time for it, the next log-in does it.
            await().atMost(HANG).until(() -> {
                logIn(person.username(), "U*U").then().statusCode(200);
                return hashOf(person).startsWith("$argon2id$");
            });
            logIn(person.username(), "U*U").then().statusCode(200);
            logIn(person.username(), "U*U*").then().statusCode(401);
        }

        @Test
        void logsInWhateverFollowsThe72ndByte() {
            Person person = Person.signUpNow();
            String first72 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
            store(person, "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui");
            logIn(person.username(), first72 + "something else").then().statusCode(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "!",
                    "fake",
                    "$2b$",
                    "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$05$tooshort",
                    "$argon2id$",
                    "$argon2id$v=19$m=19456,t=2,p=1$",
                    "$argon2id$v=19$m=x,t=2,p=1$c2FsdHNhbHQ$aGFzaA",
                    "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"
                })
        void isRefusedWithAHashThatNothingMatches(String hash) {
            Person person = Person.signUpNow();
            store(person, hash);
            logIn(person.username(), person.password()).then().statusCode(401);
        }
    }

    @Nested
    class WithoutTheRightPassword {
        @Test
        void cannotTellAWrongPasswordFromAnUnknownUser() {
            Person person = Person.signUpNow();
            Response wrong = refused(person.username(), "not the password");
            Response unknown = refused("nobody_at_all", "not the password");
            Response address = refused("nobody@nowhere.test", "not the password");
            assertThat(wrong.asString()).isEqualTo(unknown.asString()).isEqualTo(address.asString());
            assertThat(wrong.contentType()).isEqualTo(unknown.contentType());
            assertThat(wrong.headers().asList())
                    .extracting("name")
                    .isEqualTo(unknown.headers().asList().stream()
                            .map(header -> header.getName())
                            .toList());
        }

        @Test
        void isRefusedInNoTimeThatTellsTheKindOfHash() {
            Person person = Person.signUpNow();
            store(person, "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            refused(person.username(), "not the password");
            store(person, "garbage");
            refused(person.username(), "not the password");
        }

        @ParameterizedTest
        @ValueSource(strings = {"system_bot", "system@bot", "system@global", "", " ", "\u0000", "a\u0000@b"})
        void isRefusedWithANameThatNobodyHas(String name) {
            refused(name, "whatever it is");
        }

        private Response refused(String name, String password) {
            long start = System.nanoTime();
            Response response = logIn(name, password);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(REFUSAL_FLOOR);
            response.then().statusCode(401);
            return response;
        }
    }
}
