package org.xfchat.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;

/** Times that RFC 3339 has no text for, or that have not come yet. */
class OldTimesTest {
    private static final String TIMES = "select c.relname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)"
            + " from pg_class c join pg_attribute a on a.attrelid = c.oid and attnum > 0 and not attisdropped"
            + " where c.relnamespace = '%s'::regnamespace and c.relkind = 'r' and c.relname not in"
            + " ('version_history', '_sqlx_migrations', 'upgrade_actions', 'log_epoch', 'flyway_schema_history')"
            + " and (a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)"
            + " or a.atttypid = 'bigint'::regtype and a.attname in"
            + " ('created_at', 'updated_at', 'responded_at', 'joined_at', 'last_seen', 'timestamp'))";

    private static final List<String> ODD =
            List.of("'infinity'", "'-infinity'", "'2999-01-01 12:00:00'", "'12345-01-01'", "'0044-03-15 BC'");

    private static final List<String> ODD_NUMBERS =
            List.of("9223372036854775807", "-9223372036854775808", "32503680000");

    private static String odd(String type, int which) {
        List<String> values = type.equals("bigint") ? ODD_NUMBERS : ODD;
        return values.get(which % values.size());
    }

    /** Every column of every table has each of them in some row. */
    private static long distort(OldDatabase database) throws SQLException {
        long distorted = 0;
        database.execute("set session_replication_role = replica");
        for (String column : database.ask(TIMES.formatted("public"))) {
            String[] words = column.split("\\|", -1);
            List<String> rows = database.ask("select ctid from " + words[0] + " order by ctid limit 5");
            for (int i = 0; i < rows.size(); i++) {
                database.execute("update " + words[0] + " set " + words[1] + " = " + odd(words[2], i)
                        + " where ctid = '" + rows.get(i) + "'");
                distorted++;
            }
        }
        database.execute("set session_replication_role = origin");
        return distorted;
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "STAGE_4",
                "TIMESTAMPS_WITHOUT_ZONE",
                "EPOCH_TIMESTAMPS",
                "EPOCH_MILLISECONDS",
                "WITHOUT_KEYS",
                "STAGE_1"
            })
    void areTakenAsTheNearestThatCanBe(LegacySchema schema) throws SQLException {
        try (OldDatabase database = OldDatabase.of(schema)) {
            assertThat(distort(database)).isGreaterThan(10);
            database.convert();
            assertThat(database.violated()).isEmpty();
            for (String column : database.ask(TIMES.formatted("public"))) {
                String[] words = column.split("\\|", -1);
                String latest = words[2].equals("date") ? "date '9999-12-31'" : "now()";
                assertThat(database.ask("select " + words[1] + " from " + words[0] + " where " + words[1] + " > "
                                + latest + " or " + words[1] + " < '0001-01-01 00:00:00+00'"))
                        .as(column)
                        .isEmpty();
            }
            assertThat(database.ask("select distinct source from legacy.upgrade_actions where action = 'clamped'"))
                    .contains("users", "messages");
            String infinite = schema.name().startsWith("EPOCH") ? "9223372036854775807" : "infinity";
            assertThat(database.ask("select 1 from legacy.upgrade_actions where action = 'clamped' and source = 'users'"
                            + " and detail ->> 'created_at' = '" + infinite + "'"))
                    .isNotEmpty();
        }
    }

    /** Or it would stamp all later ones with its time: the append never goes back behind the newest. */
    @Test
    void fromTheFutureLeaveTheOrderAndDoNotStampWhatFollows() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_4)) {
            String conversation = database.ask("select conversation_id from conversation_participants group by 1"
                            + " having count(*) = 3 limit 1")
                    .get(0);
            UUID sender = UUID.fromString(database.ask("select id from users where email = 'alice@example.test'")
                    .get(0));
            List<String> times =
                    List.of("2025-01-01", "infinity", "2999-01-01", "2025-01-02", "-infinity", "2998-01-01");
            for (int i = 0; i < times.size(); i++) {
                // Their ids are in the opposite order.
                database.execute(
                        "insert into chat_messages (id, conversation_id, sender_id, content, created_at) values ('"
                                + new UUID(0, 100 - i) + "', '" + conversation + "', '" + sender + "', 'at "
                                + times.get(i) + "', '"
                                + times.get(i) + "')");
            }
            database.convert();
            assertThat(database.violated()).isEmpty();
            assertThat(database.ask("select content from chat_messages where content like 'at %' order by seq"))
                    .containsExactly(
                            "at -infinity",
                            "at 2025-01-01",
                            "at 2025-01-02",
                            "at 2998-01-01",
                            "at 2999-01-01",
                            "at infinity");
            assertThat(database.ask("select content, created_at = (select upgraded_at from upgrades) from chat_messages"
                            + " where content like 'at %' order by seq desc limit 4"))
                    .containsExactly("at infinity|t", "at 2999-01-01|t", "at 2998-01-01|t", "at 2025-01-02|f");
            assertThat(database.ask("select row_id, reason, detail ->> 'created_at' from legacy.upgrade_actions"
                            + " where action = 'clamped' and row_id = '" + new UUID(0, 99) + "'"))
                    .containsExactly(new UUID(0, 99) + "|a time in the future|infinity");
            assertThat(database.ask("select max(created_at) <= now() from chat_messages"))
                    .containsExactly("t");
        }
    }

    @Test
    void thatAreNoTimeAreNotAReasonToFail() throws SQLException {
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_3)) {
            database.execute(
                    "alter table messages alter column timestamp type text using timestamp::text",
                    "alter table contacts alter column last_seen type double precision using extract(epoch from last_seen)");
            List<String> rows = database.ask("select id from messages order by id limit 3");
            database.execute(
                    "update messages set timestamp = 'some day' where id = '" + rows.get(0) + "'",
                    "update messages set timestamp = '' where id = '" + rows.get(1) + "'",
                    "update messages set timestamp = '2024-02-30 10:00' where id = '" + rows.get(2) + "'",
                    "update contacts set last_seen = 'NaN' where id = (select min(id::text)::uuid from contacts)",
                    "update contacts set last_seen = 'Infinity' where id = (select max(id::text)::uuid from contacts)");
            database.convert();
            assertThat(database.violated()).isEmpty();
            assertThat(database.ask("select row_id, detail ->> 'timestamp' from legacy.upgrade_actions"
                            + " where action = 'clamped' and reason = 'not a time'"))
                    .containsExactlyInAnyOrder(rows.get(0) + "|some day", rows.get(2) + "|2024-02-30 10:00");
        }
    }
}
