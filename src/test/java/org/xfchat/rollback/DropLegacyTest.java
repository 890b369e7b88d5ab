package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.database.StartUpFailure;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ServerWarnings;

/** The end of the way back. */
class DropLegacyTest extends HandMadeUpgradeTest {
    private List<DropLegacy.Dropped> drop(boolean force) throws SQLException {
        connection.setAutoCommit(false);
        try {
            List<DropLegacy.Dropped> dropped = new DropLegacy(connection, said::add).run(force);
            connection.commit();
            return dropped;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void assertRefused(boolean force, String... words) throws SQLException {
        assertThatExceptionOfType(StartUpFailure.class)
                .isThrownBy(() -> drop(force))
                .satisfies(refused -> assertThat(
                                Objects.requireNonNull(refused.getMessage()).lines())
                        .hasSize(1)
                        .first()
                        .asString()
                        .contains(words));
    }

    @ParameterizedTest
    @EnumSource(names = {"STAGE_1", "STAGE_4", "REPAIRED"})
    void leavesTheNewTablesOnly(LegacySchema schema) throws SQLException {
        upgraded(schema);
        Map<String, List<String>> kept = new Contents(sql).rows("public");
        sql.run("update upgrades set upgraded_at = now() - interval '31 days'");
        List<DropLegacy.Dropped> dropped = drop(false);
        assertThat(dropped).contains(new DropLegacy.Dropped("users", 3, 0));
        assertThat(said).hasSameSizeAs(dropped).contains("dropped users: 3 rows");
        assertThat(sql.ask("select to_regnamespace('legacy')")).isNull();
        kept.put("upgrades", new Contents(sql).rows("public").getOrDefault("upgrades", List.of()));
        assertThat(new Contents(sql).rows("public")).isEqualTo(kept);
        assertRefused(true, "no schema legacy");
    }

    @Test
    void saysWhichRowsAreNowhereAnyMore() throws SQLException {
        upgraded(LegacySchema.STAGE_4);
        sql.run("insert into legacy.upgrade_actions (source, row_id, action, reason) values"
                + " ('chat_messages', 'x', 'quarantined', 'nowhere'), ('messages', 'x', 'merged', 'y')");
        assertThat(drop(true)).contains(new DropLegacy.Dropped("chat_messages", 1, 1));
        assertThat(said).contains("dropped chat_messages: 1 rows, of which 1 in quarantine are nowhere any more");
    }

    @ParameterizedTest
    @CsvSource({"0 days, 30 days", "29 days 23 hours, 1 hour"})
    void waitsForThirtyDays(String age, String left) throws SQLException {
        upgraded(LegacySchema.STAGE_4);
        sql.run("update upgrades set upgraded_at = now() - interval '" + age + "'");
        String from = String.valueOf(
                sql.ask("select to_char((upgraded_at + interval '30 days') at time zone 'UTC', 'YYYY-MM-DD HH24:MI')"
                        + " from upgrades"));
        assertThat(sql.ask("select abs(extract(epoch from now() + interval '" + left
                        + "' - upgraded_at - interval '30 days')) < 600 from upgrades"))
                .isEqualTo("t");
        assertRefused(false, "30 days", from, "--force");
        assertThat(drop(true)).isNotEmpty();
    }

    @Test
    void dropsWhateverElseIsThere() throws SQLException {
        upgraded(LegacySchema.STAGE_4);
        sql.run("create type legacy.mood as enum ('good'); create sequence legacy.counter;"
                + " create view legacy.names as select username from legacy.users;"
                + " create view legacy.more as select * from legacy.names;"
                + " create materialized view legacy.frozen as select * from legacy.more;"
                + " create table legacy.numbered (id serial, mood legacy.mood)");
        assertThat(drop(true)).isNotEmpty();
        assertThat(sql.ask("select to_regnamespace('legacy')")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create view online as select id from legacy.users | view online",
                "create table notes (user_id uuid references legacy.users (id)) | notes_user_id_fkey on table notes",
                "create function of(u legacy.users) returns text language sql as 'select $1.email' | of(legacy.users)"
            })
    void isRefusedWhenSomethingDependsOnIt(String sqlOfSomebodyElse, String named) throws SQLException {
        upgraded(LegacySchema.STAGE_4);
        sql.run(sqlOfSomebodyElse);
        Map<String, List<String>> before = new Contents(sql).rows("legacy");
        assertRefused(true, "nothing was dropped", named);
        assertThat(new Contents(sql).rows("legacy")).isEqualTo(before);
    }

    @Test
    void isRefusedForASchemaThatNoUpgradeMade() throws SQLException {
        database.upgrade();
        sql.run("delete from upgrades");
        assertRefused(true, "not what an upgrade leaves");
        sql.run("drop table upgrades");
        assertRefused(true, "not what an upgrade leaves");
    }

    /** A {@code set local} outside of a transaction sets nothing, and PostgreSQL only warns. */
    @Test
    void whatItAndTheRollbackSetIsSet() throws SQLException {
        upgraded(LegacySchema.STAGE_4);
        try (ServerWarnings warnings = ServerWarnings.listen()) {
            rollBack();
            database.upgrade();
            assertThat(drop(true)).isNotEmpty();
            assertThat(warnings.received()).isEmpty();
        }
    }
}
