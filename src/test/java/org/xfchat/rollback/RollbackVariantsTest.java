package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.LegacySchema;

/** Old tables with the columns, types and constraints that somebody gave them. */
class RollbackVariantsTest extends HandMadeUpgradeTest {
    private Rollback.Outcome andBack() throws SQLException {
        database.upgrade();
        database.since();
        return database.rollBack(said::add);
    }

    @ParameterizedTest
    @CsvSource({"1704067200, 10", "1704067200000, 13"})
    void timesAreNumbersOfTheSameUnit(String old, int digits) throws SQLException {
        sql.run(LegacySchema.EPOCH_TIMESTAMPS.sql());
        new OldRows(sql, old).write();
        // Nobody can tell by these themselves.
        sql.run("update conversation_participants set joined_at = null; update messages set timestamp = null");
        // And one of them is no time at all.
        sql.run("update users set created_at = 9223372036854775807 where id = '" + HandMadeUpgrade.BOB + "'");
        andBack();
        for (String column : List.of(
                "timestamp from messages where id = '" + HandMadeUpgrade.ROOM_MESSAGE + "'",
                "created_at from chat_messages where id = '" + HandMadeUpgrade.IMAGE + "'",
                "joined_at from conversation_participants where conversation_id = '" + HandMadeUpgrade.GROUP
                        + "' limit 1",
                "created_at from users where id = '" + HandMadeUpgrade.DAN + "'")) {
            assertThat(ask("select " + column)).as(column).hasSize(digits);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "date", "text"})
    void timesAreOfAnotherType(String type) throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        sql.run("set time zone 'Asia/Tokyo'; alter table chat_messages alter column created_at type " + type);
        new OldRows(sql, "0").write();
        andBack();
        assertThat(ask("select abs(extract(epoch from created_at::timestamp - now() at time zone 'UTC')) < 90000"
                        + " from chat_messages where id = '" + HandMadeUpgrade.IMAGE + "'"))
                .isEqualTo("t");
        if (type.equals("timestamp")) {
            assertThat(ask("select abs(extract(epoch from created_at::timestamp - now() at time zone 'UTC')) < 900"
                            + " from chat_messages where id = '" + HandMadeUpgrade.IMAGE + "'"))
                    .isEqualTo("t");
        }
    }

    @Test
    void textsAreCutToTheirColumn() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        sql.run("alter table friend_requests alter column from_email type varchar(8)");
        new OldRows(sql, "0").write();
        andBack();
        assertThat(ask("select from_email from friend_requests where id = '" + HandMadeUpgrade.ASKED + "'"))
                .isEqualTo("dan@exam");
    }

    @Test
    void participantsHaveANumberOfTheirOwn() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run("drop table conversation_participants; create table conversation_participants (id serial primary key,"
                + " conversation_id uuid not null references conversations (id), user_id uuid not null, joined_at"
                + " timestamptz default now()); insert into conversation_participants (conversation_id, user_id) select '"
                + HandMadeUpgrade.OLD_PAIR + "', unnest(array['" + HandMadeUpgrade.ANN + "', '" + HandMadeUpgrade.BOB
                + "'])::uuid");
        andBack();
        assertThat(ask("select max(id) from conversation_participants")).isEqualTo("7");
        sql.run("insert into conversation_participants (conversation_id, user_id) values ('" + HandMadeUpgrade.GROUP
                + "', '" + HandMadeUpgrade.BOB + "')");
    }

    @Test
    void idsAreTexts() throws SQLException {
        sql.run(LegacySchema.STAGE_3.sql());
        sql.run("alter table chat_messages alter column id type varchar(36);"
                + " alter table chat_messages alter column message_type type char(10)");
        new OldRows(sql, "0").write();
        andBack();
        assertThat(sql.count("chat_messages")).isEqualTo(4);
    }

    @Test
    void typesAreEnumerations() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run("create type kind as enum ('text', 'image', 'file', 'system');"
                + " alter table chat_messages alter column message_type drop default;"
                + " alter table chat_messages alter column message_type type kind using message_type::kind;"
                + " alter table chat_messages add column kind kind not null default 'text';"
                + " alter table chat_messages alter column kind drop default");
        Rollback.Outcome outcome = andBack();
        assertThat(ask("select message_type || ' ' || kind from chat_messages where id = '" + HandMadeUpgrade.IMAGE
                        + "'"))
                .isEqualTo("image text");
        assertThat(outcome.lost())
                .anyMatch(line -> line.contains("columns of chat_messages") && line.endsWith(": kind"));
    }

    @Test
    void columnsTakeNoNull() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run("update users set updated_at = now(); update conversations set name = '', description = '';"
                + " alter table users alter column username set not null;"
                + " alter table users add column level int not null default 1, add column tags text[] not null default '{}',"
                + " add column settings jsonb not null default '{}', add column seen timestamptz not null default now(),"
                + " add column own uuid not null default gen_random_uuid(), add column fine boolean not null default true;"
                + " alter table users alter column level drop default, alter column tags drop default,"
                + " alter column settings drop default, alter column seen drop default, alter column own drop default,"
                + " alter column fine drop default;"
                + " alter table conversations alter column name set not null, alter column description set not null");
        Rollback.Outcome outcome = andBack();
        assertThat(ask("select username from users where id = '" + HandMadeUpgrade.FAY + "'"))
                .isEqualTo("deleted-" + HandMadeUpgrade.FAY + "@invalid");
        assertThat(ask("select username from users where id = '" + HandMadeUpgrade.CYD + "'"))
                .isEqualTo("deleted-" + HandMadeUpgrade.CYD + "@invalid");
        assertThat(ask("select concat_ws(' ', level, tags, settings, fine) from users where id = '"
                        + HandMadeUpgrade.DAN + "'"))
                .isEqualTo("0 {} {} f");
        assertThat(outcome.lost()).anyMatch(line -> line.endsWith(": fine, level, own, seen, settings, tags"));
    }

    /** The old rows keep their names, so that a name which the upgrade gave back may be taken again. */
    @Test
    void whoseNameOrAddressIsTakenHasAnotherOne() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run(
                "create unique index one_name on users (upper(username)); create unique index one_email on users (upper(email))");
        database.upgrade();
        sql.run("update users set username = 'renamed' where id = '" + HandMadeUpgrade.ANN + "';"
                + " update users set username = 'renamed_too', email = 'other@example.org' where id = '"
                + HandMadeUpgrade.BOB
                + "'; update users set email = 'another@example.org' where id = '" + HandMadeUpgrade.CYD + "';"
                + " insert into legacy.upgrade_actions values ('users', '" + HandMadeUpgrade.ANN + "', 'renamed');"
                + " insert into users (id, username, email, password_hash) values"
                + " ('" + HandMadeUpgrade.EVE + "', 'ann', 'eve@example.org', '$2b$12$x'),"
                + " ('" + HandMadeUpgrade.DAN + "', 'dan', 'Bob@example.org', '$2b$12$x'),"
                + " ('" + HandMadeUpgrade.GUS + "', 'Bob', 'CYD@example.org', '$2b$12$x')");
        Rollback.Outcome outcome = database.rollBack(said::add);
        assertThat(outcome.copied()).contains(new Rollback.Copied("users", 3, 0));
        assertThat(ask("select username || ' ' || email from users where id = '" + HandMadeUpgrade.EVE + "'"))
                .isEqualTo("ann_12345678 eve@example.org");
        assertThat(ask("select username || ' ' || email from users where id = '" + HandMadeUpgrade.DAN + "'"))
                .isEqualTo("dan taken-" + HandMadeUpgrade.DAN + "@invalid");
        assertThat(outcome.lost())
                .anyMatch(line -> line.startsWith("1 new accounts have another user name there"))
                .anyMatch(line -> line.startsWith("1 new accounts have another address there"))
                .anyMatch(line -> line.startsWith("1 new accounts have another name and address there"))
                .anyMatch(line -> line.startsWith("1 user names given by the upgrade"));
    }

    /** The old server counted from 1 after every start, and rows were deleted while it ran. */
    @Test
    void theRoomsVersionsAreNobodyElses() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run(
                "create unique index one_version on messages (version); insert into messages (text, author, version)"
                        + " values ('a', 'ann', 'v4'), ('b', 'ann', 'v5'), ('c', 'ann', 'v12'), ('d', 'ann', 'odd'), ('e', 'ann', 'v007')");
        database.upgrade();
        database.since();
        sql.run("insert into chat_messages (id, conversation_id, seq, sender_id, content, attributes, created_at)"
                + " select gen_random_uuid(), c.id, n, '" + HandMadeUpgrade.DAN
                + "', 'room ' || n, '{\"author\": \"dan\"}', now()"
                + " from conversations c, generate_series(4, 14) n where c.kind = 'room'");
        Rollback.Outcome outcome = database.rollBack(said::add);
        assertThat(outcome.copied()).contains(new Rollback.Copied("messages", 12, 0));
        assertThat(sql.list("select version from messages where text like '%room %' order by text"))
                .contains("v6", "v14")
                .doesNotHaveDuplicates()
                .hasSize(11);
        assertThat(ask("select count(distinct version) from messages where version is not null"))
                .isEqualTo("17");
    }

    /** Whatever else of the kind somebody's constraint keeps out is noted, and comes with the next upgrade. */
    @Test
    void whatAConstraintKeepsOutIsNoted() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run("create unique index one_text on chat_messages (md5(content))");
        database.upgrade();
        database.since();
        sql.run("update chat_messages set content = 'old' where id = '" + HandMadeUpgrade.TEXT + "'");
        Rollback.Outcome outcome = database.rollBack(said::add);
        assertThat(outcome.lost())
                .anyMatch(line ->
                        line.startsWith("1 rows for chat_messages") && line.contains("the next migrate takes them"));
        assertThat(sql.list("select source || ' ' || row_id from rolled_back.left_behind"))
                .containsExactly("chat_messages " + HandMadeUpgrade.TEXT);
    }

    /** A client tries again what was in quarantine, under the same id. */
    @Test
    void anIdInQuarantineIsNotForgotten() throws SQLException {
        sql.run(LegacySchema.WITHOUT_KEYS.sql());
        new OldRows(sql, "0").write();
        sql.run("insert into chat_messages (id, sender_id, content) values ('" + HandMadeUpgrade.TEXT + "', '"
                + HandMadeUpgrade.BOB + "', 'new')");
        database.upgrade();
        sql.run("insert into legacy.upgrade_actions values ('chat_messages', '" + HandMadeUpgrade.TEXT
                + "', 'quarantined', 'no conversation', '{}')");
        database.since();
        database.rollBack(said::add);
        assertThat(sql.count("chat_messages where id = '" + HandMadeUpgrade.TEXT + "' and conversation_id is not null"))
                .isEqualTo(1);
    }

    @Test
    void constraintsAreCheckedAtTheEnd() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run(
                "alter table chat_messages add constraint sender foreign key (sender_id) references users (id)"
                        + " deferrable initially deferred;"
                        + " alter table chat_messages add constraint one_content unique (content) deferrable initially deferred");
        andBack();
        assertThat(sql.count("chat_messages")).isEqualTo(4);
    }

    @Test
    void columnsAreMadeByTheTable() throws SQLException {
        sql.run(LegacySchema.STAGE_4.sql());
        new OldRows(sql, "0").write();
        sql.run("alter table users add column number bigint generated always as identity,"
                + " add column shouted text generated always as (upper(email)) stored");
        andBack();
        assertThat(ask("select shouted from users where id = '" + HandMadeUpgrade.DAN + "' and number > 3"))
                .isEqualTo("DAN@EXAMPLE.ORG");
    }
}
