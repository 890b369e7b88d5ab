package org.xfchat.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.LoggedErrors;
import org.xfchat.testing.Person;
import org.xfchat.testing.ShortDeadline;
import org.xfchat.testing.TestDatabase;

/** What is found out after the deadline reaches nobody, and nobody need be told of it. */
@QuarkusTest
@TestProfile(ShortDeadline.class)
@QuarkusTestResource(TestDatabase.class)
class LateLogInTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void logsNoError() throws SQLException {
        Person person = Person.signUp();
        try (LoggedErrors errors = LoggedErrors.listen();
                Connection other = TestDatabase.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("lock table users in access exclusive mode");
            Person.anonymous()
                    .body(Map.of("username", person.username(), "password", person.password()))
                    .post("/api/auth/login")
                    .then()
                    .statusCode(503);
            other.rollback();
            // Behind the late one in the queue for hashes.
            await().atMost(SOON)
                    .until(() -> Person.anonymous()
                                    .body(Map.of("username", person.username(), "password", person.password()))
                                    .post("/api/auth/login")
                                    .statusCode()
                            == 200);
            assertThat(errors.messages()).isEmpty();
        }
    }
}
