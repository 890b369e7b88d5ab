package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.database.SchemaState.Kind;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.TestServer;

/** What a database is, before Flyway looks at it. */
class SchemaStateTest {
    private final String url = TestServer.newDatabase();
    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = TestServer.connect(url);
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

    private void migrate() throws SQLException {
        SchemaTest.migrate(connection);
    }

    private SchemaState read() throws SQLException {
        return SchemaState.read(connection);
    }

    private void assertLegacy(String detail) throws SQLException {
        assertThat(read()).isEqualTo(new SchemaState(Kind.LEGACY, null, detail));
    }

    @Nested
    class Empty {
        @Test
        void isANewDatabase() throws SQLException {
            assertThat(read()).isEqualTo(new SchemaState(Kind.EMPTY, null, ""));
        }

        @Test
        void isOneWithExtensionsOnly() throws SQLException {
            execute("create schema other; create extension pg_trgm; create extension pg_stat_statements");
            assertThat(read().kind()).isEqualTo(Kind.EMPTY);
        }

        @Test
        void isOneWithTablesInOtherSchemasOnly() throws SQLException {
            execute("create schema other; create table other.users (id integer)");
            assertThat(read().kind()).isEqualTo(Kind.EMPTY);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "create extension pg_trgm",
                    "create extension pg_stat_statements",
                    "create function update_updated_at_column() returns trigger language plpgsql as 'begin return new; end'",
                    "create type mood as enum ('good')"
                })
        void isWhatFlywayCanMigrate(String leftover) throws SQLException {
            execute(leftover);
            assertThat(read().kind()).isEqualTo(Kind.EMPTY);
            migrate();
            assertThat(read().kind()).isEqualTo(Kind.OURS);
        }
    }

    @Nested
    class Ours {
        @Test
        void isWhatTheMigrationsMake() throws SQLException {
            migrate();
            assertThat(read()).isEqualTo(new SchemaState(Kind.OURS, ShippedSchema.newest(), ""));
            assertThat(SchemaState.oldestBinary(connection, ShippedSchema.newest()))
                    .isEqualTo("20240105000000");
        }

        @Test
        void isOneOfANewerBinary() throws SQLException {
            migrate();
            execute(
                    "insert into flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                            + " execution_time, success) values (99, '29990101000000', 'x', 'SQL', 'x.sql', 'x', 1, true)");
            execute("insert into schema_compatibility values ('29990101000000', '29980101000000')");
            assertThat(read()).isEqualTo(new SchemaState(Kind.OURS, "29990101000000", ""));
            assertThat(SchemaState.oldestBinary(connection, "29990101000000")).isEqualTo("29980101000000");
        }

        @Test
        void isOneWithTablesOfSomebodyElseBeside() throws SQLException {
            migrate();
            execute("create table report (id integer)");
            assertThat(read().kind()).isEqualTo(Kind.OURS);
        }

        /** A first start that was killed after Flyway made its table, and before it migrated. */
        @Test
        void isAHistoryWithoutEntries() throws SQLException {
            migrate();
            execute("create table kept as select * from flyway_schema_history with no data");
            execute(
                    "do $$ declare t record; begin for t in select tablename from pg_tables where schemaname = 'public'"
                            + " and tablename <> 'kept' loop execute format('drop table %I cascade', t.tablename); end loop; end $$");
            execute("alter table kept rename to flyway_schema_history");
            assertThat(read()).isEqualTo(new SchemaState(Kind.OURS, null, ""));
        }

        @Test
        void isNotAnEmptyHistoryBesideTables() throws SQLException {
            execute("create table flyway_schema_history (installed_rank integer, version text, success boolean);"
                    + " create table orders (id integer)");
            assertThat(read().kind()).isEqualTo(Kind.FOREIGN);
        }
    }

    @Nested
    class Legacy {
        @ParameterizedTest
        @EnumSource(LegacySchema.class)
        void isEachOfItsStagesAndVariants(LegacySchema legacy) throws SQLException {
            execute(legacy.sql());
            assertLegacy("stage " + legacy.stage());
        }

        @Test
        void isReadWithoutAnyChange() throws SQLException {
            execute(LegacySchema.STAGE_4.sql());
            connection.setReadOnly(true);
            assertThat(read().kind()).isEqualTo(Kind.LEGACY);
        }

        @Test
        void isOneWithItsOwnMigrationsTableAndOthers() throws SQLException {
            execute(LegacySchema.STAGE_3.sql());
            execute("create view online as select id from users");
            assertLegacy("stage 3");
        }
    }

    @Nested
    class Foreign {
        private void assertForeign(String sql, String... named) throws SQLException {
            execute(sql);
            SchemaState state = read();
            assertThat(state.kind()).isEqualTo(Kind.FOREIGN);
            assertThat(state.version()).isNull();
            assertThat(state.detail()).contains(named);
        }

        @Test
        void isAnUnrelatedTableByName() throws SQLException {
            assertForeign("create table orders (id integer); create table customers (id integer)", "customers, orders");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "create view stock as select 1",
                    "create materialized view stock as select 1",
                    "create sequence stock",
                    "create table stock (id serial primary key)",
                    "create table stock (id integer generated always as identity)",
                    "create table stock (day date) partition by range (day)"
                })
        void isAnythingThatHoldsData(String sql) throws SQLException {
            assertForeign(sql, "stock");
        }

        @Test
        void isAUsersTableWithOtherColumns() throws SQLException {
            assertForeign("create table users (id integer, login text)", "users");
        }

        @Test
        void isATableOfALegacyNameWithOtherColumnsBesideOurUsers() throws SQLException {
            assertForeign(
                    "create table users (id uuid, email text, password_hash text); create table messages (subject text)",
                    "messages");
        }

        @Test
        void isLegacyTablesWithoutUsers() throws SQLException {
            assertForeign("create table conversations (id uuid, created_at timestamptz)", "conversations");
        }

        /** Every stage of the old server has more than users; being told to convert it would be dangerous. */
        @Test
        void isAnotherApplicationThatHasUsersWithAddressesAndHashes() throws SQLException {
            assertForeign(
                    "create table users (id integer primary key, email text, password_hash text);"
                            + " create table orders (id integer, user_id integer references users)",
                    "orders");
        }

        @Test
        void isAnotherFlywayHistory() throws SQLException {
            assertForeign(
                    "create table flyway_schema_history (installed_rank integer, version text, success boolean);"
                            + " insert into flyway_schema_history values (1, '1', true)",
                    "Flyway");
        }
    }
}
