package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.TestServer;

/** Only a schema that is exactly the artefact's is taken for current without asking Flyway. */
class ShippedMigrationsTest {
    private final String url = TestServer.newDatabase();
    private Connection connection;

    @BeforeEach
    void migrate() throws SQLException {
        connection = TestServer.connect(url);
        SchemaTest.migrate(connection);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void areAllOfTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".sql")))
                    .containsExactlyInAnyOrderElementsOf(ShippedMigrations.SCRIPTS);
        }
        assertThat(ShippedMigrations.SCRIPTS).isSorted();
    }

    @Test
    void haveTheChecksumsThatFlywayNotes() throws SQLException {
        Map<String, Integer> noted = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select script, checksum from flyway_schema_history")) {
            while (rows.next()) {
                noted.put(rows.getString(1), rows.getInt(2));
            }
        }
        assertThat(ShippedMigrations.CHECKSUMS).isEqualTo(noted);
        assertThat(ShippedMigrations.areApplied(connection)).isTrue();
    }

    @Test
    void aBaselineBeforeThemDoesNotMatter() throws SQLException {
        execute("insert into flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                + " execution_time, success) values (0, '0', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>',"
                + " 'x', 0, true)");
        assertThat(ShippedMigrations.areApplied(connection)).isTrue();
    }

    /** As the packaged service notes it. */
    @Test
    void theFoldersPathMayBeNotedToo() throws SQLException {
        execute("update flyway_schema_history set script = 'db/migration/' || script");
        assertThat(ShippedMigrations.areApplied(connection)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update flyway_schema_history set checksum = checksum + 1 where installed_rank = 1",
                "update flyway_schema_history set checksum = null where installed_rank = 2",
                "update flyway_schema_history set success = false where installed_rank = 2",
                "update flyway_schema_history set script = 'other.sql' where installed_rank = 2",
                "update flyway_schema_history set type = 'JDBC' where installed_rank = 2",
                "update flyway_schema_history set version = '20300101000000' where installed_rank = 2",
                "update flyway_schema_history set version = null where installed_rank = 2",
                "update flyway_schema_history set description = 'something else' where installed_rank = 2",
                "delete from flyway_schema_history where installed_rank = 2",
                "insert into flyway_schema_history select installed_rank + 9, version, description, type, script, checksum,"
                        + " installed_by, installed_on, execution_time, success from flyway_schema_history"
                        + " where installed_rank = 2",
                "insert into flyway_schema_history select installed_rank + 9, '29990101000000', description, type, 'new.sql',"
                        + " checksum, installed_by, installed_on, execution_time, success from flyway_schema_history"
                        + " where installed_rank = 2",
                "insert into flyway_schema_history select installed_rank + 9, null, description, type, 'R__repeatable.sql',"
                        + " checksum, installed_by, installed_on, execution_time, success from flyway_schema_history"
                        + " where installed_rank = 2"
            })
    void anythingElseIsForFlywayToJudge(String difference) throws SQLException {
        execute(difference);
        assertThat(ShippedMigrations.areApplied(connection)).isFalse();
    }
}
