package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Person;
import org.xfchat.testing.Plans;
import org.xfchat.testing.Statements;
import org.xfchat.testing.TestDatabase;

/** Counting failed log-ins, at 10⁵ of them: no statement reads them all. */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class LoginFailuresPlanTest {
    @Inject
    @PersistenceUnitExtension
    Statements statements;

    private List<String> aboutFailures() {
        return statements.seen().stream()
                .filter(sql -> sql.contains("login_failures"))
                .toList();
    }

    @Test
    void everyStatementUsesIndexes() throws SQLException {
        Person person = Person.signUp();
        for (String password : List.of("wrong", person.password())) {
            Refusals.from(Refusals.newAddress())
                    .body(Map.of("username", person.username(), "password", password))
                    .post("/api/auth/login");
        }
        // Look, count, two that forgive, and the one that sweeps.
        await().atMost(Duration.ofSeconds(30)).until(() -> aboutFailures().size() == 5);
        try (OwnServer server = OwnServer.start();
                Connection connection = server.connect(server.migratedDatabase());
                Statement statement = connection.createStatement()) {
            statement.execute("insert into login_failures (account, address, failures, until)"
                    + " select md5(n::text)::uuid, '192.0.2.7', 1, now() + n * interval '1 second'"
                    + " from generate_series(1, 100000) n");
            statement.execute("vacuum analyze login_failures");
            for (String sql : aboutFailures()) {
                assertThat(Plans.scannedTables(connection, sql)).as(sql).isEmpty();
            }
        }
    }
}
