package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.Service;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.WithOwnServer;
import org.xfchat.testing.legacy.LegacyWorld;

/** What the service does with the schema that it finds: only one that is its own is ever touched. */
class SchemaIT extends WithOwnServer {
    private static final String FIRST = "20240105000000";
    private static final String NEWEST = ShippedSchema.newest();

    /** Refused, and everything as it was. */
    private String refusal(String database) {
        return untouched(database, () -> Refusal.of(Service.settings(server.url(database))));
    }

    private String refusalOfProcess(String database, String... command) {
        return untouched(database, () -> Refusal.ofProcess(Service.settings(server.url(database)), command));
    }

    private String untouched(String database, Supplier<Refusal> start) {
        Map<String, String> before = server.contents(database);
        Refusal refusal = start.get();
        assertThat(server.contents(database)).isEqualTo(before);
        return refusal.line();
    }

    @Nested
    class Own {
        @Test
        void changedAfterItWasAppliedIsRefusedByTheMigrationsName() {
            String database = server.migratedDatabase();
            server.execute(
                    database,
                    "update flyway_schema_history set checksum = checksum + 1 where version = '" + FIRST + "'");
            assertThat(refusalOfProcess(database))
                    .startsWith("migration " + FIRST + " was changed after it was applied");
        }

        @Test
        void withAFailedMigrationIsRefusedByTheMigrationsName() {
            String database = server.migratedDatabase();
            server.execute(
                    database, "update flyway_schema_history set success = false where version = '" + FIRST + "'");
            assertThat(refusal(database)).contains(FIRST).contains("failed");
        }

        @Test
        void thatCannotBeMadeIsRefusedByTheMigrationsNameAndLeavesNothing() {
            String database = server.newDatabase();
            // Not a table, so that the database counts as empty; in the way all the same.
            server.execute(database, "create type users as (id uuid)");
            Set<String> before = server.contents(database).keySet();
            assertThat(Refusal.of(Service.settings(server.url(database))).line())
                    .startsWith("a migration failed and was rolled back: ")
                    .contains("V" + FIRST + "__postgresql_exclusive_schema.sql")
                    .contains("\"users\" already exists");
            // Flyway notes where it began, outside of the migration; that is no obstacle to the next try.
            Set<String> after = new TreeSet<>(server.contents(database).keySet());
            after.removeIf(table -> table.contains("flyway_schema_history"));
            assertThat(after).isEqualTo(before);
            server.execute(database, "drop type users");
            try (Service migrate = Service.start(Service.settings(server.url(database)), "migrate")) {
                assertThat(migrate.awaitExit()).as("%s", migrate.lines()).isZero();
            }
        }

        @Test
        void withATableMissingIsRefusedByTheTablesName() {
            String database = server.migratedDatabase();
            server.execute(database, "drop table contacts");
            assertThat(refusal(database)).isEqualTo("the schema is damaged: table contacts is missing");
        }

        @Test
        void newerAndSilentAboutOlderBinariesIsRefused() {
            String database = server.migratedDatabase();
            later(database, "20990101000000");
            assertThat(refusal(database))
                    .startsWith("the schema is at migration 20990101000000, newer than this binary");
        }

        @Test
        void newerAndIncompatibleIsRefused() {
            String database = server.migratedDatabase();
            later(database, "20990101000000");
            server.execute(database, "insert into schema_compatibility values ('20990101000000', '20980101000000')");
            assertThat(refusal(database))
                    .startsWith("the schema is at migration 20990101000000, newer than this binary (" + NEWEST + ")")
                    .contains("needs a binary of at least 20980101000000");
        }

        @Test
        void newerButCompatibleIsServedWithAWarning() {
            String database = server.migratedDatabase();
            later(database, "20990101000000");
            server.execute(database, "insert into schema_compatibility values ('20990101000000', '" + FIRST + "')");
            try (Service service = Service.serve(Service.settings(server.url(database)))) {
                service.awaitReady();
                assertThat(service.lines())
                        .anyMatch(line -> line.contains(" WARN ")
                                && line.contains("[STARTUP] schema is at 20990101000000, newer than this binary"));
            }
        }

        private void later(String database, String version) {
            server.execute(
                    database,
                    "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                            + " installed_by, execution_time, success) values (99, '" + version
                            + "', 'later', 'SQL', 'V" + version + "__later.sql', 1, 'postgres', 1, true)");
        }

        @Test
        void absentIsNotMadeByServeWhereThatIsForbiddenButByMigrate() {
            String database = server.newDatabase();
            Map<String, String> settings = Service.settings(server.url(database), "MIGRATE_AT_START", "false");
            Map<String, String> before = server.contents(database);
            assertThat(Refusal.of(settings).line())
                    .contains("MIGRATE_AT_START is false: run the migrate command first");
            assertThat(server.contents(database)).isEqualTo(before);
            try (Service migrate = Service.start(settings, "migrate")) {
                assertThat(migrate.awaitExit()).isZero();
                assertThat(migrate.says("[STARTUP] migrated from empty to " + NEWEST))
                        .isTrue();
                assertThat(migrate.says("listening")).isFalse();
            }
            try (Service service = Service.serve(settings)) {
                service.awaitReady();
                assertThat(service.says("nothing to migrate")).isTrue();
            }
        }
    }

    @Nested
    class Legacy {
        @ParameterizedTest
        @EnumSource(names = {"STAGE_1", "STAGE_2", "STAGE_3", "STAGE_4"})
        void isRefusedUntouchedAndToldToMigrate(LegacySchema schema) throws SQLException {
            String database = server.newDatabase();
            try (Connection connection = server.connect(database)) {
                LegacyWorld.make(connection, schema);
            }
            assertThat(refusal(database))
                    .startsWith("this is a database of the old XFChat (stage " + schema.stage() + ")")
                    .contains("convert it with the migrate command");
        }
    }

    @Nested
    class Foreign {
        @ParameterizedTest
        @ValueSource(strings = {"serve", "migrate"})
        void isRefusedUntouched(String command) {
            String database = server.newDatabase();
            server.execute(database, "create table invoices (id int primary key)", "insert into invoices values (1)");
            assertThat(refusalOfProcess(database, command))
                    .startsWith("this is not an XFChat database and was not touched")
                    .contains("invoices");
        }

        @Test
        void withUsersOfItsOwnIsRefusedUntouched() {
            String database = server.newDatabase();
            server.execute(
                    database, "create table users (login text, shoe_size int)", "insert into users values ('a', 42)");
            assertThat(refusal(database))
                    .startsWith("this is not an XFChat database and was not touched")
                    .contains("a table users with other columns");
        }

        @Test
        void withAFlywayHistoryOfItsOwnIsRefusedUntouched() {
            String database = server.migratedDatabase();
            server.execute(database, "update flyway_schema_history set version = '1', script = 'V1__invoices.sql'");
            assertThat(refusal(database))
                    .startsWith("this is not an XFChat database and was not touched")
                    .contains("Flyway history");
        }
    }
}
