package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.limit.Refusals.assertRefused;
import static org.xfchat.limit.Refusals.newAddress;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** Who guesses passwords is stopped, and neither the account's owner nor anybody else is. */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class LogInLimitTest {
    private static final Duration SOON = Duration.ofSeconds(30);

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
        // The right one says nothing either, by name or by address.
        assertRefused(logIn(stranger, person.username(), person.password()));
        assertRefused(logIn(stranger, person.email(), person.password()));
        logIn(newAddress(), person.username(), person.password()).then().statusCode(200);
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
        assertThat(Rows.number("select count(*) from login_failures where account = ? and address <> ''", person.id()))
                .isZero();
        // What others may have tried elsewhere is not forgiven with it.
        assertThat(Rows.number("select failures from login_failures where account = ? and address = ''", person.id()))
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
        Rows.change("update login_failures set until = now() where account = ?", person.id());
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
        Rows.change("update login_failures set until = now() where account = ?", person.id());
        await().atMost(SOON)
                .until(() -> Rows.number("select count(*) from login_failures where account = ?", person.id()) == 0);
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
        assertRefused(logIn(address, person.username(), person.password()));
        delete(person, newAddress(), person.password()).then().statusCode(204);
    }

    private static Response delete(Person person, String address, String password) {
        return person.request()
                .header("X-Forwarded-For", address)
                .body(Map.of("password", password))
                .delete("/api/auth/me");
    }
}
