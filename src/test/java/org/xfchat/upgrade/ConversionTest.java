package org.xfchat.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.Snapshot;
import org.xfchat.testing.TestServer;

/** What an upgrade leaves of a database as a whole; its rows are the matter of {@link ConvertedRowsTest} and {@link ConvertedLogsTest}. */
class ConversionTest {
    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void aDryRunLeavesNothing(LegacySchema schema) throws SQLException {
        try (OldDatabase database = OldDatabase.of(schema)) {
            Map<String, String> before = Snapshot.of(database.connection());
            Report report = database.convert(false);
            assertThat(Snapshot.differences(before, Snapshot.of(database.connection())))
                    .isEmpty();
            assertThat(report.text()).contains("stage " + schema.stage());
        }
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theOldTablesStepAsideWithEveryRowAsItWas(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Map<String, String> kept = new TreeMap<>(Snapshot.tables(database.connection(), "legacy"));
        kept.remove("upgrade_actions");
        assertThat(Snapshot.differences(database.oldRows(), kept)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theOldTablesRefuseToBeWritten(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        for (String table : database.oldRows().keySet()) {
            String column = database.ask(
                            "select quote_ident(attname) from pg_attribute where attrelid = ?::regclass and attnum = 1",
                            "legacy." + table)
                    .get(0);
            for (String sql : List.of(
                    "insert into legacy.%1$s default values",
                    "update legacy.%1$s set %2$s = %2$s", "delete from legacy.%1$s", "truncate legacy.%1$s cascade")) {
                assertThatExceptionOfType(SQLException.class)
                        .as(sql, table, column)
                        .isThrownBy(() -> database.execute(sql.formatted(table, column)))
                        .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("25006"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theCatalogIsThatOfADatabaseBornNew(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Map<String, String> upgraded = Snapshot.catalog(database.connection(), "^public$");
        // Those of the old server stay where they are.
        upgraded.keySet().removeIf(object -> object.matches("extension (pgcrypto|uuid-ossp)"));
        assertThat(Snapshot.differences(bornNew(), upgraded)).isEmpty();
        Set<String> schemas =
                new TreeSet<>(Snapshot.catalog(database.connection(), ".").keySet());
        schemas.removeIf(object -> !object.startsWith("schema "));
        assertThat(schemas).containsExactly("schema legacy", "schema public");
    }

    private static Map<String, String> bornNew() throws SQLException {
        String url = TestServer.newDatabase();
        try (Connection connection = TestServer.connect(url)) {
            String[] user = java.net.URI.create(url).getUserInfo().split(":", 2);
            Flyway.configure()
                    .configuration(ShippedSchema.SETTINGS)
                    .dataSource(connection.getMetaData().getURL(), user[0], user[1])
                    .load()
                    .migrate();
            return Snapshot.catalog(connection, "^public$");
        }
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void everyInvariantHolds(LegacySchema schema) throws SQLException {
        assertThat(OldDatabase.converted(schema).violated()).isEmpty();
    }

    @Test
    void theReportIsStored() throws SQLException {
        OldDatabase database = OldDatabase.converted(LegacySchema.STAGE_3);
        assertThat(database.ask("select found from upgrades")).containsExactly("stage 3");
        String text = Report.newest(database.connection()).text();
        assertThat(text).contains("chat_messages", "quarantined", "kim_3");
        long quarantined = database.ask("select 1 from legacy.upgrade_actions where action = 'quarantined'")
                .size();
        assertThat(quarantined).isPositive();
        assertThat(database.ask("select sum((t ->> 'quarantined')::int) from upgrades,"
                        + " jsonb_array_elements(report -> 'tables') t"))
                .containsExactly(String.valueOf(quarantined));
    }

    @Test
    void theSameComesOutOfEveryTry() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.WITHOUT_KEYS)) {
            List<String> first = database.transaction(false, () -> result(database));
            List<String> second = database.transaction(false, () -> result(database));
            assertThat(second).isEqualTo(first);
        }
    }

    private static List<String> result(OldDatabase database) throws SQLException {
        new Conversion(database.connection(), "public", database.migrations(), line -> {}).run("a try");
        return database.ask("select m.id, conversation_id, seq, version, content from chat_messages m"
                + " join conversations c on c.id = conversation_id where c.kind <> 'room' order by 1");
    }
}
