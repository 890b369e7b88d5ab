package org.xfchat.room;

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
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.LoggedErrors;
import org.xfchat.testing.Person;
import org.xfchat.testing.ShortDeadline;
import org.xfchat.testing.TestDatabase;

/** What is posted, or asked for, after the deadline reaches nobody: nothing of it is stored, and nobody need be told of it. */
@QuarkusTest
@TestProfile(ShortDeadline.class)
@QuarkusTestResource(TestDatabase.class)
class LatePostTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static int say(Person person, String text) {
        return person.request()
                .body(Map.of("text", text, "author", person.username()))
                .put("/chat")
                .statusCode();
    }

    @Test
    void logsNoErrorAndStoresNothing() throws SQLException {
        Person person = Person.signUp();
        String late = "late " + UUID.randomUUID();
        try (LoggedErrors errors = LoggedErrors.listen();
                Connection other = TestDatabase.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("lock table conversations in access exclusive mode");
            assertThat(say(person, late)).isEqualTo(503);
            assertThat(person.request().get("/chat").statusCode()).isEqualTo(503);
            other.rollback();
            await().atMost(SOON).until(() -> say(person, "in time") == 200);
            // The lanes have nothing left that was handed over before.
            assertThat(person.request().get("/chat").asString())
                    .contains("in time")
                    .doesNotContain(late);
            assertThat(errors.messages()).isEmpty();
        }
    }
}
