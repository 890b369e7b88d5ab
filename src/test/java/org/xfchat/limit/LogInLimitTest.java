package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.limit.Refusals.assertRefused;
import static org.xfchat.limit.Refusals.newAddress;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xfchat.auth.Tokens;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** Who guesses passwords is stopped, and neither the account's owner nor anybody else is. */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class LogInLimitTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Inject
    Tokens tokens;

    private static Response logIn(String address, String name, String password) {
        return Refusals.from(address)
                .body(Map.of("username", name, "password", password))
                .post("/api/auth/login");
    }

    private static String unknown() {
        return "n" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }

    @Test
    void isLockedForOneAddressAfterWrongPasswordsAndNotForAnother() {
        Person person = Person.signUp();
        String stranger = newAddress();
        for (int i = 0; i < 3; i++) {
            logIn(stranger, person.username(), "wrong").then().statusCode(401);
        }
        assertRefused(logIn(stranger, person.username(), "wrong"));
        // The right one says nothing either, however the name is written.
        assertRefused(logIn(stranger, person.username(), person.password()));
        assertRefused(logIn(stranger, person.username().toUpperCase(Locale.ROOT), person.password()));
        logIn(newAddress(), person.username(), person.password()).then().statusCode(200);
    }

    /** Else anybody could find out whose address it is. */
    @Test
    void byNameSaysNothingAboutTheAddress() {
        Person person = Person.signUp();
        String stranger = newAddress();
        for (int i = 0; i < 3; i++) {
            logIn(stranger, person.username(), "wrong").then().statusCode(401);
        }
        for (String email : List.of(person.email(), unknown() + "@example.test")) {
            List<Integer> statuses = IntStream.range(0, 5)
                    .mapToObj(i -> logIn(stranger, email, "wrong").statusCode())
                    .toList();
            assertThat(statuses).as(email).containsExactly(401, 401, 401, 429, 429);
        }
    }

    /** Who can hold a lock, or every connection, must not get more attempts by it. */
    @Test
    void isRefusedWhereItCannotBeCounted() throws SQLException {
        Person person = Person.signUp();
        String address = newAddress();
        logIn(address, person.username(), "wrong").then().statusCode(401);
        try (Connection other = TestDatabase.connect()) {
            other.setAutoCommit(false);
            try (PreparedStatement lock =
                    other.prepareStatement("select from login_failures where account = ? for update")) {
                lock.setObject(1, tokens.pseudonym(person.username()));
                lock.execute();
                logIn(address, person.username(), person.password()).then().statusCode(503);
            } finally {
                other.rollback();
            }
        }
        logIn(address, person.username(), person.password()).then().statusCode(200);
    }

    @Test
    void isLockedFromEverywhereAfterWrongPasswordsFromManyAddresses() {
        Person person = Person.signUp();
        for (int i = 0; i < 7; i++) {
            logIn(newAddress(), person.username(), "wrong").then().statusCode(401);
        }
        assertRefused(logIn(newAddress(), person.username(), person.password()));
    }

    @Test
    void ofNobodyIsAnsweredAlike() {
        Person person = Person.signUp();
        for (String name : List.of(person.username(), unknown(), unknown() + "@example.test")) {
            String address = newAddress();
            List<Integer> statuses = IntStream.range(0, 5)
                    .mapToObj(i -> logIn(address, name, "wrong").statusCode())
                    .toList();
            assertThat(statuses).containsExactly(401, 401, 401, 429, 429);
        }
    }

    @Test
    void startsAnewAfterTheRightPassword() {
        Person person = Person.signUp();
        String address = newAddress();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 2; i++) {
                logIn(address, person.username(), "wrong").then().statusCode(401);
            }
            logIn(address, person.username(), person.password()).then().statusCode(200);
        }
        UUID name = tokens.pseudonym(person.username());
        assertThat(Rows.number("select count(*) from login_failures where account = ? and address <> ''", name))
                .isZero();
        // What others may have tried elsewhere is not forgiven with it.
        assertThat(Rows.number("select failures from login_failures where account = ? and address = ''", name))
                .isEqualTo(4);
    }

    /** An attempt is counted before it is judged: all at once is no way around. */
    @Test
    void atTheSameTimeIsCountedAsWell() {
        Person person = Person.signUp();
        String address = newAddress();
        List<Integer> statuses = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> logIn(address, person.username(), "wrong").statusCode()))
                .limit(10)
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(statuses).filteredOn(status -> status == 401).hasSizeBetween(1, 3);
        assertThat(statuses).allMatch(status -> status == 401 || status == 429);
    }

    @Test
    void isPossibleAgainWhenTheTimeIsOver() {
        Person person = Person.signUp();
        String address = newAddress();
        for (int i = 0; i < 3; i++) {
            logIn(address, person.username(), "wrong").then().statusCode(401);
        }
        Rows.change("update login_failures set until = now() where account = ?", tokens.pseudonym(person.username()));
        logIn(address, person.username(), person.password()).then().statusCode(200);
    }

    @Test
    void leavesNothingOfWhatWasTypedAndNothingForLong() {
        String typed = unknown();
        logIn(newAddress(), typed, "wrong").then().statusCode(401);
        assertThat(Rows.number("select count(*) from login_failures f where f::text like ?", "%" + typed + "%"))
                .isZero();
        Person person = Person.signUp();
        logIn(newAddress(), person.username(), "wrong").then().statusCode(401);
        Rows.change("update login_failures set until = now() where account = ?", tokens.pseudonym(person.username()));
        await().atMost(SOON)
                .until(() -> Rows.number(
                                "select count(*) from login_failures where account = ?",
                                tokens.pseudonym(person.username()))
                        == 0);
    }

    @Test
    void isLimitedByAddressWhoeverIsTried() {
        String address = newAddress();
        for (int i = 0; i < 12; i++) {
            Refusals.from(address).body("{}").post("/api/auth/login").then().statusCode(422);
        }
        assertRefused(Refusals.from(address).body("{}").post("/api/auth/login"));
    }

    @Test
    void countsTheWrongPasswordOfADeletion() {
        Person person = Person.signUp();
        String address = newAddress();
        for (int i = 0; i < 3; i++) {
            delete(person, address, "wrong").then().statusCode(403);
        }
        assertRefused(delete(person, address, person.password()));
        delete(person, newAddress(), person.password()).then().statusCode(204);
    }

    private static Response delete(Person person, String address, String password) {
        return person.request()
                .header("X-Forwarded-For", address)
                .body(Map.of("password", password))
                .delete("/api/auth/me");
    }
}
