package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.logPath;

import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.ServerWarnings;
import org.xfchat.testing.TestDatabase;

/** A {@code set local} outside of a transaction sets nothing, and PostgreSQL only warns: no deadline would be there. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class TransactionWarningsTest {
    @Inject
    AgroalDataSource pool;

    @Test
    void whatRequestsAndLanesSetIsSet() throws SQLException {
        try (ServerWarnings warnings = ServerWarnings.listen()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("set local lock_timeout = 1000");
            }
            assertThat(warnings.received()).as("of one that has no effect").hasSize(1);
            Person alice = Person.signUp();
            Person bob = Person.signUp();
            UUID conversation = alice.befriend(bob);
            alice.say(conversation, "within the deadline");
            bob.request().get(logPath(conversation)).then().statusCode(200);
            assertThat(warnings.received()).hasSize(1);
        }
    }
}
