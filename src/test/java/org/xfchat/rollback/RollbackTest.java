package org.xfchat.rollback;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.BcryptFunction;
import com.password4j.Password;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.database.Sql;
import org.xfchat.testing.LegacySchema;

/** Back to the old server, with everything that was written since (docs/upgrade.md, "Going back"). */
class RollbackTest extends HandMadeUpgradeTest {
    private String idsOf(String table) throws SQLException {
        return sql.list("select id::text from " + table).toString();
    }

    @Nested
    class OldTables {
        @ParameterizedTest
        @EnumSource(LegacySchema.class)
        void areThereAsTheyWereWithWhatIsNew(LegacySchema schema) throws SQLException {
            database.old(schema);
            Map<String, List<String>> rows = contents.rows("public");
            List<String> definitions = contents.definitions("public");
            database.upgrade();
            database.since();
            Rollback.Outcome outcome = rollBack();

            assertThat(contents.definitions("public")).isEqualTo(definitions);
            Map<String, List<String>> now = contents.rows("public");
            assertThat(now.keySet()).isEqualTo(rows.keySet());
            rows.forEach((table, old) -> assertThat(now.get(table))
                    .as(table)
                    .containsAll(old.stream()
                            .filter(row -> !row.contains(HandMadeUpgrade.CYD.toString())
                                    && !row.contains(HandMadeUpgrade.ANSWERED.toString()))
                            .toList()));
            assertThat(sql.ask("select to_regnamespace('legacy')")).isNull();
            NewRows written = new NewRows(sql);
            written.check();
            for (Rollback.Copied copied : outcome.copied()) {
                String table = copied.table().replaceFirst(",.*", "");
                assertThat(copied.left() > 0 && copied.rows() > 0).as(table).isFalse();
                assertThat(copied.left() == 0).as(table).isEqualTo(written.has(table));
            }
        }

        /** A trigger would set {@code updated_at} of an account that was closed; who switched one off wants it off. */
        @Test
        void keepTheirTriggersAsTheyWere() throws SQLException {
            database.old(LegacySchema.STAGE_4);
            sql.run(
                    "create trigger off before update on users for each row execute function update_updated_at_column();"
                            + " alter table users disable trigger off");
            String states = "select string_agg(tgname || tgenabled::text, ' ' order by tgname) from pg_trigger"
                    + " where tgrelid = 'public.users'::regclass and not tgisinternal";
            String before = ask(states);
            database.upgrade();
            database.since();
            rollBack();
            assertThat(ask(states)).isEqualTo(before).contains("offD");
            assertThat(ask("select updated_at = '2024-01-01 00:00:00+00' from users where id = '" + HandMadeUpgrade.CYD
                            + "'"))
                    .isEqualTo("t");
        }

        @Test
        void comeWithEverythingElseThatWasMoved() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            sql.run("create type legacy.mood as enum ('good'); create sequence legacy.counter;"
                    + " create view legacy.names as select username from legacy.users;"
                    + " create table legacy.numbered (id serial, mood legacy.mood);"
                    + " create aggregate legacy.total(int) (sfunc = int4pl, stype = int)");
            rollBack();
            assertThat(ask("select count(*) from public.names")).isEqualTo("7");
            assertThat(ask("select nextval('public.counter')")).isEqualTo("1");
            sql.run("insert into public.numbered (mood) values ('good'::public.mood)");
            assertThat(ask("select public.total(id) from public.numbered")).isEqualTo("1");
        }
    }

    @Nested
    class Accounts {
        @BeforeEach
        void rolledBack() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
        }

        private String hashOf(String email) throws SQLException {
            // The old server's statement.
            return ask("select password_hash from users where email = '" + email + "'");
        }

        private static boolean verifies(String password, String hash) {
            return Password.check(password, hash).with(BcryptFunction.getInstanceFromHash(hash));
        }

        @Test
        void logInWithBcrypt() throws SQLException {
            rollBack();
            assertThat(verifies(HandMadeUpgrade.DANS_PASSWORD, hashOf("dan@example.org")))
                    .isTrue();
            assertThat(verifies("another", hashOf("dan@example.org"))).isFalse();
            assertThat(hashOf("ann@example.org")).isEqualTo(HandMadeUpgrade.OLD_HASH);
        }

        /** A to Z regardless of case, whatever the database's locale takes for the same besides. */
        @Test
        void thatWereClosedKeepAnAddressThatNobodyElseHas() throws SQLException {
            sql.run(
                    "alter table legacy.users alter column email type varchar(255) collate \"en-x-icu\"",
                    "alter table legacy.users disable trigger user",
                    "update legacy.users set email = '\u00dc@example.org' where id = '" + HandMadeUpgrade.CYD + "'",
                    "alter table legacy.users enable trigger user",
                    "update public.users set email = '\u00fc@example.org' where id = '" + HandMadeUpgrade.GUS + "'");
            assertThat(rollBack().lost()).noneMatch(line -> line.endsWith("a new account has their email"));
            assertThat(ask("select email from users where id = '" + HandMadeUpgrade.CYD + "'"))
                    .isEqualTo("\u00dc@example.org");
        }

        @Test
        void thatCannotLogInAreNamed() throws SQLException {
            assertThat(rollBack().lost()).anyMatch(line -> line.contains("cannot log in") && line.endsWith(": eve"));
            assertThat(hashOf("eve@example.org")).startsWith("$argon2id$");
        }

        @Test
        void thatWereClosedStayClosed() throws SQLException {
            Rollback.Outcome outcome = rollBack();
            for (UUID closed : List.of(HandMadeUpgrade.CYD, HandMadeUpgrade.FAY)) {
                String hash = ask("select password_hash from users where id = '" + closed + "'");
                assertThat(hash).matches("\\$2b\\$12\\$[./A-Za-z0-9]{53}");
                assertThat(verifies("", hash)).isFalse();
                assertThat(ask("select email from users where id = '" + closed + "'"))
                        .isEqualTo("deleted-" + closed + "@invalid");
            }
            assertThat(ask("select id from users where email = 'cyd@example.org'"))
                    .isEqualTo(HandMadeUpgrade.GUS.toString());
            assertThat(outcome.lost())
                    .anyMatch(line -> line.startsWith("1 accounts closed since"))
                    .anyMatch(line -> line.endsWith("a new account has their email"));
        }

        @Test
        void keepTheirAddressWhenNobodyTookIt() throws SQLException {
            sql.run("update users set username = 'gus', email = 'gus@example.org' where id = '" + HandMadeUpgrade.GUS
                    + "'");
            rollBack();
            assertThat(ask("select username || ' ' || email from users where id = '" + HandMadeUpgrade.CYD + "'"))
                    .isEqualTo("cyd cyd@example.org");
        }

        @Test
        void thatTheUpgradeMadeUpDoNotGoBack() throws SQLException {
            rollBack();
            assertThat(idsOf("users")).doesNotContain(HandMadeUpgrade.PLACEHOLDER.toString());
        }
    }

    @Nested
    class TheOldServer {
        @Test
        void readsAndWritesAsBefore() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            rollBack();
            assertThat(sql.list("select m.content from chat_messages m where m.conversation_id = '"
                            + HandMadeUpgrade.OLD_PAIR + "' order by m.created_at desc limit 50"))
                    .containsExactly("new", "old");
            sql.run(
                    "insert into chat_messages (id, conversation_id, sender_id, content, message_type, created_at, updated_at)"
                            + " values (gen_random_uuid(), '" + HandMadeUpgrade.GROUP + "', '" + HandMadeUpgrade.DAN
                            + "', 'again', 'text', now(), now())");
            sql.run("update users set username = 'anna' where email = 'ann@example.org'");
            assertThat(sql.list(
                            "select u.username from contacts c join users u on u.id = c.contact_user_id where c.user_id = '"
                                    + HandMadeUpgrade.ANN + "' order by 1"))
                    .containsExactly("bob", "dan");
        }
    }

    @Nested
    class ItsCode {
        /** What it reads as possibly null (stage 4 of its schema); on a null anywhere else it fails. */
        private static final Set<String> NULLABLE =
                Set.of("avatar_url", "message", "responded_at", "stripe_customer_id", "subscription_status");

        private static final Set<String> HAVE_AN_ID = Set.of(
                "users",
                "messages",
                "friend_requests",
                "contacts",
                "conversations",
                "conversation_participants",
                "chat_messages");

        @ParameterizedTest
        @EnumSource(LegacySchema.class)
        void meetsNoNullThatItDoesNotExpect(LegacySchema schema) throws SQLException {
            database.old(schema);
            Map<String, List<String>> before = contents.rows("public");
            database.upgrade();
            database.since();
            rollBack();
            for (String table : before.keySet()) {
                if (!HAVE_AN_ID.contains(table)) {
                    continue;
                }
                List<String> columns = new ArrayList<>(
                        sql.list("select quote_ident(attname) from pg_attribute where attrelid = 'public." + table
                                + "'::regclass and attnum > 0 and not attisdropped"));
                columns.removeAll(NULLABLE);
                String known = before.get(table).stream()
                        .map(row -> ", " + Sql.literal(row))
                        .collect(joining());
                for (String column : columns) {
                    assertThat(sql.count(table + " t where " + column + " is null and t::text not in (''"
                                    + known + ") and id not in ('" + HandMadeUpgrade.CYD + "', '"
                                    + HandMadeUpgrade.ANSWERED + "', '" + HandMadeUpgrade.CLOSED + "')"))
                            .as("%s.%s", table, column)
                            .isZero();
                }
            }
        }

        /** As it reads them for {@code GET /api/contacts}, also those of people who never had a stream. */
        @Test
        void readsWhenAContactWasLastSeen() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            rollBack();
            assertThat(ask("select c.last_seen = u.created_at from contacts c join users u on u.id = c.contact_user_id"
                            + " where c.contact_user_id = '" + HandMadeUpgrade.DAN + "'"))
                    .isEqualTo("t");
        }
    }

    @Nested
    class TheOutcome {
        @Test
        void saysWhatCannotGoBack() throws SQLException {
            upgraded(LegacySchema.STAGE_1);
            String text = rollBack().text();
            assertThat(text).containsPattern("users +4 +0\n").containsPattern("chat_messages +0 +2\n");
            assertThat(text)
                    .contains(
                            "2 rows for chat_messages: the old database has no such table",
                            "usage figures",
                            "names of conversations",
                            "user names: the old table has none",
                            "messages with an image or a file",
                            "read positions",
                            "of a type that the old server does not know");
            assertThat(said).anyMatch(line -> line.matches("users, copied back: 4 rows, \\d+\\.\\d s"));
        }

        @Test
        void namesWhatWillStillShowTheNewTables() throws SQLException {
            upgraded(LegacySchema.STAGE_4);
            sql.run("create view online as select id from users; create view before as select id from legacy.users;"
                    + " create table notes (author uuid references users (id))");
            assertThat(rollBack().lost()).contains("what refers to the new tables goes on doing so: notes, online");
            assertThat(sql.count("before")).isEqualTo(7);
        }

        @Test
        void saysWhenNothingIsLost() throws SQLException {
            database.old(LegacySchema.STAGE_3);
            database.upgrade();
            Rollback.Outcome outcome = rollBack();
            assertThat(outcome.lost()).isEmpty();
            assertThat(outcome.text()).endsWith("Everything written since is there.\n");
        }
    }
}
