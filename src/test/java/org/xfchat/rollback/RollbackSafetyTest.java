package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUpFailure;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.TestServer;

/** docs/upgrade.md, "Going back": nothing is deleted, nothing is done by halves, and the way leads back again. */
class RollbackSafetyTest extends HandMadeUpgradeTest {
    @Nested
    class TheNewTables {
        @Test
        void areKept() throws SQLException {
            upgraded(LegacySchema.STAGE_3);
            Map<String, List<String>> ours = contents.rows("public");
            List<String> actions = contents.rows("legacy").get("upgrade_actions");
            rollBack();
            Map<String, List<String>> kept = contents.rows("rolled_back");
            assertThat(kept.remove("upgrade_actions")).isEqualTo(actions).isNotEmpty();
            assertThat(kept.remove("left_behind")).isEmpty();
            assertThat(kept).isEqualTo(ours);
        }

        @Test
        void areThoseOfTheMigrations() throws SQLException {
            database.upgrade();
            assertThat(sql.list("select relname from pg_class where relnamespace = 'public'::regnamespace"
                            + " and relkind in ('r', 'p', 'v', 'm', 'f', 'S')"))
                    .containsExactlyInAnyOrderElementsOf(Rollback.TABLES);
            assertThat(sql.list("select proname from pg_proc where pronamespace = 'public'::regnamespace"))
                    .isEmpty();
            assertThat(sql.list("select typname from pg_type where typnamespace = 'public'::regnamespace"
                            + " and typtype in ('e', 'd', 'r')"))
                    .isEmpty();
        }

        @Test
        void areKeptOfEachRollback() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            rollBack();
            Map<String, List<String>> first = contents.rows("public");
            database.upgrade();
            assertThat(rollBack().lost()).noneMatch(line -> line.contains("cannot log in"));
            assertThat(contents.rows("public").get("chat_messages")).containsAll(first.get("chat_messages"));
            assertThat(new TreeSet<>(sql.list("select nspname from pg_namespace where nspname like 'rolled%'")))
                    .containsExactly("rolled_back", "rolled_back_2");
        }
    }

    @Nested
    class ADryRun {
        @Test
        void leavesNothing() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            List<Object> before = contents.all();
            connection.setAutoCommit(false);
            Rollback.Outcome tried = new Rollback(connection, "public", said::add).run();
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(contents.all()).isEqualTo(before);
            assertThat(rollBack()).isEqualTo(tried);
        }
    }

    @Nested
    class Refused {
        private void assertRefused(String... words) throws SQLException {
            assertThatExceptionOfType(StartUpFailure.class)
                    .isThrownBy(RollbackSafetyTest.this::rollBack)
                    .satisfies(refused -> assertThat(
                                    Objects.requireNonNull(refused.getMessage()).lines())
                            .hasSize(1)
                            .first()
                            .asString()
                            .contains(words));
        }

        @Test
        void isADatabaseBornNew() throws SQLException {
            database.upgrade();
            sql.run("drop schema legacy cascade; delete from upgrades");
            assertRefused("was not upgraded", "restore the backup");
        }

        @Test
        void isAnOldDatabase() throws SQLException {
            database.old(LegacySchema.STAGE_4);
            assertRefused("was not upgraded");
            assertThat(sql.list("select id from users")).contains(HandMadeUpgrade.ANN.toString());
        }

        @Test
        void isAnIncompleteOne() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            sql.run("drop table contacts");
            assertRefused("public.contacts", "nothing was changed");
        }

        @Test
        void isOneInUse() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            List<Object> before = contents.all();
            try (Connection other = TestServer.connect(url)) {
                other.setAutoCommit(false);
                new Sql(other).run("insert into users (id, deleted_at) values (gen_random_uuid(), now())");
                assertRefused("another session");
                other.rollback();
            }
            assertThat(contents.all()).isEqualTo(before);
        }

        @Test
        void isOneWhereAnOldNameWasTaken() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            sql.run("create table version_history (id integer)");
            assertRefused("was taken since", "version_history");
        }

        @Test
        void isAColumnThatNobodyCanFill() throws SQLException {
            database.old(LegacySchema.STAGE_4);
            sql.run("alter table users add column home point not null default '(0,0)';"
                    + " alter table users alter column home drop default");
            database.upgrade();
            database.since();
            assertRefused("users", "home", "point");
        }
    }
}
