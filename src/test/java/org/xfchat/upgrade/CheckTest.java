package org.xfchat.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.database.Sql;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ServerWarnings;
import org.xfchat.testing.Snapshot;
import org.xfchat.upgrade.Check.Finding;

/** Whatever is broken by hand in an upgraded database is found, and named. */
class CheckTest {
    private static final String LIVELY = "(select conversation_id from chat_messages m join conversations c"
            + " on c.id = conversation_id where kind = 'direct' group by 1 order by count(*) desc, 1 limit 1)";
    private static final String ALICE = "(select id from users where username = 'alice')";
    private static final String CAROL = "(select id from users where username = 'carol')";
    private static final String MESSAGE = "(select id from chat_messages where content = 'to both of you')";
    private static final String IN_ROOM = "(select id from chat_messages where content = 'by an exact name')";

    private static Arguments broken(String invariant, String... statements) {
        return Arguments.of(invariant, List.of(statements));
    }

    static Stream<Arguments> ofEveryDatabase() {
        return Stream.of(
                broken(
                        "every conversation's log is gapless from 1",
                        "update chat_messages set seq = 1000000 where seq = 2 and conversation_id = " + LIVELY),
                broken(
                        "every conversation's log is gapless from 1",
                        "update chat_messages set seq = seq + 1000 where conversation_id = " + LIVELY),
                broken(
                        "every version is unique in its conversation",
                        "drop index chat_messages_conversation_version_key",
                        "update chat_messages set version = 'same' where conversation_id = " + LIVELY),
                broken(
                        "every version is unique in its conversation",
                        "update chat_messages m set version = (select id::text from chat_messages o"
                                + " where o.conversation_id = m.conversation_id and seq = 2) where seq = 1 and conversation_id = "
                                + LIVELY),
                broken(
                        "message ids are unique",
                        "alter table chat_messages drop constraint chat_messages_pkey",
                        "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at) select id,"
                                + " conversation_id, 1000000, sender_id, content, created_at from chat_messages limit 1"),
                broken("no old server was started", "create table _sqlx_migrations (version bigint, checksum bytea)"),
                broken(
                        "one direct conversation per pair",
                        "drop index conversations_direct_pair_key",
                        "insert into conversations (id, kind, pair_low, pair_high) select gen_random_uuid(), kind, pair_low,"
                                + " pair_high from conversations where kind = 'direct' limit 1"),
                broken(
                        "a direct conversation has its pair as participants",
                        "delete from conversation_participants where conversation_id = " + LIVELY + " and user_id ="
                                + " (select pair_low from conversations where id = " + LIVELY + ")"),
                broken(
                        "a direct conversation has its pair as participants",
                        "insert into conversation_participants (conversation_id, user_id) select " + LIVELY
                                + ", id from users where username = 'kim1'"),
                broken(
                        "there is one room",
                        "drop index conversations_single_room_key",
                        "insert into conversations (id, kind) values (gen_random_uuid(), 'room')"),
                broken(
                        "there is one room",
                        "insert into conversation_participants (conversation_id, user_id) select id, " + ALICE
                                + " from conversations where kind = 'room'"),
                broken("contacts go both ways", "delete from contacts where user_id = " + ALICE),
                broken(
                        "at most one request of a pair is pending",
                        "drop index friend_requests_pending_pair_key",
                        "insert into friend_requests (id, from_user_id, to_user_id) select gen_random_uuid(), to_user_id,"
                                + " from_user_id from friend_requests where status = 'pending'"),
                broken(
                        "live user names are unique",
                        "drop index users_username_key",
                        "drop index if exists users_username_folded_key",
                        "update users set username = 'ALICE' where username = 'carol'"),
                broken(
                        "live addresses are unique",
                        "drop index users_email_key",
                        "drop index if exists users_email_folded_key",
                        "update users set email_shared = false, email = case username when 'alice' then 'one@old.test'"
                                + " else 'ONE@old.test' end where username in ('alice', 'carol')"),
                broken(
                        "the same regardless of case",
                        "drop index users_username_key",
                        "drop index if exists users_username_folded_key",
                        "alter table users add column if not exists username_shared boolean not null default false",
                        "update users set username = 'alice', username_shared = true where username in ('alice', 'carol')"),
                broken(
                        "no message without its conversation or sender",
                        "delete from users where id = (select sender_id from chat_messages where id = " + MESSAGE
                                + ")"),
                broken(
                        "no message without its conversation or sender",
                        "delete from conversations where id = " + LIVELY),
                broken(
                        "no participant without conversation or account",
                        "delete from conversations where id = " + LIVELY),
                broken("no contact or request without its accounts", "delete from users where id = " + CAROL),
                broken(
                        "nobody has read what is not there",
                        "update conversation_participants set read_seq = 1000000 where user_id = " + ALICE));
    }

    static Stream<Arguments> ofWhatWasUpgraded() {
        return Stream.of(
                broken(": users", "delete from users where username = 'kim1'"),
                broken("password hashes", "update users set password_hash = 'another' where username = 'alice'"),
                broken(": conversations", "delete from conversations where id = " + LIVELY),
                broken(
                        ": participants",
                        "delete from conversation_participants where conversation_id = (select conversation_id from"
                                + " chat_messages where id = " + MESSAGE + ") and user_id = " + CAROL),
                broken(": chat_messages", "delete from chat_messages where id = " + MESSAGE),
                broken(
                        "content, sender and time",
                        "update chat_messages set content = 'changed' where id = " + MESSAGE),
                broken(
                        "content, sender and time",
                        "update chat_messages set sender_id = " + CAROL + " where id = " + MESSAGE),
                broken(
                        "content, sender and time",
                        "update chat_messages set created_at = created_at + interval '1 second' where id = " + MESSAGE),
                broken("checksum", "update chat_messages set content = 'changed' where id = " + MESSAGE),
                broken(
                        "order of the chat messages",
                        "drop index chat_messages_conversation_seq_key",
                        "update chat_messages set seq = 3 - seq where seq in (1, 2) and conversation_id = " + LIVELY),
                broken(
                        "order of the room's messages",
                        "drop index chat_messages_conversation_seq_key",
                        "update chat_messages set seq = 3 - seq where seq in (1, 2) and conversation_id ="
                                + " (select id from conversations where kind = 'room')"),
                broken("messages of the room", "delete from chat_messages where id = " + IN_ROOM),
                broken("messages of the room", "update chat_messages set content = 'changed' where id = " + IN_ROOM),
                broken(
                        "messages of the room",
                        "update chat_messages set attributes = '{\"author\": \"changed\"}' where id = " + IN_ROOM),
                broken(": friend_requests", "delete from friend_requests where status = 'rejected'"),
                broken(": contacts", "delete from contacts where " + ALICE + " in (user_id, contact_user_id)"),
                broken(": usage_tracking", "delete from usage_tracking where user_id = " + ALICE));
    }

    @ParameterizedTest
    @MethodSource({"ofEveryDatabase", "ofWhatWasUpgraded"})
    void finds(String invariant, List<String> statements) throws SQLException {
        OldDatabase database = OldDatabase.converted(LegacySchema.STAGE_3);
        List<Finding> violated = database.transaction(false, () -> {
            // No foreign key or trigger is in the way then.
            database.execute("set local session_replication_role = replica");
            for (String statement : statements) {
                database.execute(statement);
            }
            return new Check(database.connection(), "public")
                    .data().stream().filter(finding -> finding.violations() > 0).toList();
        });
        assertThat(violated)
                .as("%s", statements)
                .anySatisfy(finding -> assertThat(finding.invariant()).contains(invariant));
        assertThat(Finding.table(violated)).contains("VIOLATED");
    }

    @Test
    void everyInvariantIsBrokenHere() throws SQLException {
        OldDatabase database = OldDatabase.converted(LegacySchema.STAGE_3);
        List<String> broken = Stream.of(ofEveryDatabase(), ofWhatWasUpgraded())
                .flatMap(cases -> cases)
                .map(one -> String.valueOf(one.get()[0]))
                .toList();
        List<Finding> all = database.transaction(false, () -> new Check(database.connection(), "public").data());
        assertThat(all)
                .extracting(Finding::invariant)
                .allSatisfy(invariant -> assertThat(broken).anyMatch(invariant::contains));
    }

    /** Those that are the same now and were not, and those that were and are not: who looks after people has to know both. */
    @Test
    void listsAccountsThatOnlyTheRuleOrOnlyTheDatabaseTakesForTheSame() throws SQLException {
        OldDatabase database = OldDatabase.converted(LegacySchema.STAGE_3);
        String rule = "the same regardless of case";
        List<String> pairs = database.transaction(false, () -> {
            database.execute(
                    "drop index users_username_key",
                    "drop index users_email_key",
                    "drop index users_username_folded_lookup",
                    "drop index users_email_folded_lookup",
                    "drop index users_username_folded_key",
                    "drop index users_email_folded_key",
                    // As if it were the database's, of a country in which I and i are different letters.
                    "alter table users alter column username type varchar(255) collate \"tr-x-icu\"",
                    "alter table users alter column email type varchar(255) collate \"tr-x-icu\"",
                    "update users set username = 'INGRID', username_shared = true, email = '\u00c9va@old.test'"
                            + " where username = 'alice'",
                    "update users set username = 'ingrid', username_shared = true, email = '\u00e9va@old.test'"
                            + " where username = 'carol'");
            return new Check(database.connection(), "public")
                    .data().stream()
                            .filter(finding -> finding.invariant().contains(rule))
                            .peek(finding -> assertThat(finding.violations()).isZero())
                            .map(Finding::sample)
                            .toList();
        });
        assertThat(pairs)
                .singleElement()
                .asString()
                .containsAnyOf("INGRID = ingrid", "ingrid = INGRID")
                .doesNotContainPattern("(?i)ingrid [(]")
                .containsPattern("(\u00c9va@old.test = \u00e9va|\u00e9va@old.test = \u00c9va)@old.test"
                        + " [(]the same only in this database's locale; XFChat takes them for different[)]");
    }

    /** One after the other: each is one more. */
    @Test
    void findsWhateverDiffersInTheSchema() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_1)) {
            database.convert();
            long before = 0;
            for (String statement : List.of(
                    "drop index chat_messages_sender",
                    "alter table contacts drop constraint contacts_user_fkey",
                    "alter table users drop constraint users_username_length",
                    "alter table chat_messages alter column content drop not null",
                    "alter table users alter column created_at drop default",
                    "alter table conversations add column colour text",
                    "alter table users alter column subscription_status type varchar(1000)",
                    "drop table usage_roll_up",
                    "create unique index one_more on contacts (display_name, user_id, contact_user_id)",
                    "create trigger update_users_updated_at before update on users for each row execute function"
                            + " suppress_redundant_updates_trigger()")) {
                database.execute(statement);
                List<Finding> violated = database.violated();
                assertThat(violated).as(statement).hasSize(1);
                assertThat(violated.get(0).invariant()).contains("catalog");
                assertThat(violated.get(0).violations()).as(statement).isGreaterThan(before);
                before = violated.get(0).violations();
            }
        }
    }

    @Test
    void doesNotMindTablesOfOthers() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_1)) {
            database.convert();
            database.execute("create table dashboards (id integer primary key)");
            assertThat(database.violated()).isEmpty();
        }
    }

    @Test
    void dropsWhatACheckLeftThatWasKilledButNothingOfOthers() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_1)) {
            database.convert();
            Check check = new Check(database.connection(), "public");
            Sql sql = new Sql(database.connection());
            sql.run("create schema xfchat_check; comment on schema xfchat_check is 'xfchat check: may be dropped'");
            assertThat(check.catalog(database.migrations()).violations()).isZero();
            sql.run("create schema xfchat_check", "create table xfchat_check.mine (id int)");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> check.catalog(database.migrations()))
                    .withMessageContaining("\"xfchat_check\" already exists");
            assertThat(sql.holds("select to_regclass('xfchat_check.mine') is not null"))
                    .isTrue();
        }
    }

    @Test
    void leavesEverythingAsItWas() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_1)) {
            database.convert();
            Map<String, String> before = Snapshot.of(database.connection());
            assertThat(database.violated()).isEmpty();
            assertThat(Snapshot.differences(before, Snapshot.of(database.connection())))
                    .isEmpty();
        }
    }

    /** A {@code set local} outside of a transaction sets nothing, and PostgreSQL only warns. */
    @Test
    void whatItAndTheConversionSetIsSet() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_3);
                ServerWarnings warnings = ServerWarnings.listen()) {
            database.execute("set local lock_timeout = '1s'");
            assertThat(warnings.received()).hasSize(1);
            database.convert();
            assertThat(database.violated()).isEmpty();
            assertThat(warnings.received()).hasSize(1);
        }
    }
}
