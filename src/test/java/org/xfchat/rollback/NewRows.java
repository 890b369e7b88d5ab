package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.rollback.HandMadeUpgrade.ANN;
import static org.xfchat.rollback.HandMadeUpgrade.ANSWERED;
import static org.xfchat.rollback.HandMadeUpgrade.ASKED;
import static org.xfchat.rollback.HandMadeUpgrade.BOB;
import static org.xfchat.rollback.HandMadeUpgrade.CLOSED;
import static org.xfchat.rollback.HandMadeUpgrade.DAN;
import static org.xfchat.rollback.HandMadeUpgrade.DUPLICATE;
import static org.xfchat.rollback.HandMadeUpgrade.EDIT;
import static org.xfchat.rollback.HandMadeUpgrade.FAY;
import static org.xfchat.rollback.HandMadeUpgrade.GROUP;
import static org.xfchat.rollback.HandMadeUpgrade.IMAGE;
import static org.xfchat.rollback.HandMadeUpgrade.NEW_PAIR;
import static org.xfchat.rollback.HandMadeUpgrade.OLD_PAIR;
import static org.xfchat.rollback.HandMadeUpgrade.ROOM_MESSAGE;
import static org.xfchat.rollback.HandMadeUpgrade.TEXT;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Sql;

/** What {@link HandMadeUpgrade#since} wrote, as the old tables show it: all that they have a table and a column for. */
record NewRows(Sql sql) {
    void check() throws SQLException {
        row("users", "id = '" + DAN + "'", "username", "dan", "email", "dan@example.org");
        row(
                "users",
                "id = '" + FAY + "'",
                "username",
                "deleted-" + FAY + "@invalid",
                "email",
                "deleted-" + FAY + "@invalid");
        row("conversations", "id = '" + NEW_PAIR + "'", "created_by", ANN, "is_direct_message", true, "name", "");
        row("conversations", "id = '" + GROUP + "'", "created_by", DAN, "is_direct_message", false, "name", "Plans");
        row(
                "contacts",
                "user_id = '" + ANN + "' and contact_user_id = '" + DAN + "'",
                "username",
                "dan",
                "email",
                "dan@example.org",
                "is_online",
                false);
        row(
                "friend_requests",
                "id = '" + ASKED + "'",
                "from_username",
                "dan",
                "from_email",
                "dan@example.org",
                "to_email",
                "bob@example.org",
                "message",
                "Hi",
                "status",
                "pending",
                "responded_at",
                null);
        row("friend_requests", "id = '" + DUPLICATE + "'", "status", "pending", "responded_at", null);
        row("friend_requests", "id = '" + CLOSED + "'", "status", "rejected");
        row("friend_requests", "id = '" + ANSWERED + "' and responded_at is not null", "status", "accepted");
        message(TEXT, OLD_PAIR, BOB, "text", "new", "bob-2", 2, false);
        message(IMAGE, NEW_PAIR, DAN, "image", "seen", IMAGE, 1, true);
        message(EDIT, GROUP, FAY, "text", "edited", EDIT, 1, false);
        row(
                "messages",
                "id = '" + ROOM_MESSAGE + "'",
                "user_id",
                DAN,
                "author",
                "dan",
                "text",
                "in the room",
                "version",
                "v3");
        count("users", 7);
        count("conversations", 3);
        count("conversation_participants", 7);
        count("contacts", 4);
        count("friend_requests", 4);
        count("chat_messages", 4);
        count("messages", 3);
        time("users", "created_at", DAN);
        time("conversations", "updated_at", NEW_PAIR);
        time("chat_messages", "created_at", IMAGE);
        time("messages", "timestamp", ROOM_MESSAGE);
    }

    private void message(
            Object id,
            Object conversation,
            Object sender,
            Object type,
            Object content,
            Object version,
            int seq,
            boolean read)
            throws SQLException {
        row(
                "chat_messages",
                "id = '" + id + "'",
                "conversation_id",
                conversation,
                "sender_id",
                sender,
                "message_type",
                type,
                "content",
                content,
                "braid_version",
                version,
                "crdt_timestamp",
                seq,
                "is_read",
                read,
                "is_delivered",
                true,
                "braid_parents",
                "[]");
    }

    boolean has(String table) throws SQLException {
        return sql.ask("select to_regclass('public." + table + "')") != null;
    }

    private boolean has(String table, Object column) throws SQLException {
        return sql.count("information_schema.columns where table_schema = 'public' and table_name = '" + table
                        + "' and column_name = '" + column + "'")
                == 1;
    }

    private void row(String table, String where, @Nullable Object... pairs) throws SQLException {
        if (!has(table)) {
            return;
        }
        assertThat(sql.count(table + " where " + where)).as(where).isEqualTo(1);
        for (int pair = 0; pair < pairs.length; pair += 2) {
            if (has(table, pairs[pair])) {
                Object expected = pairs[pair + 1];
                assertThat(sql.ask("select to_jsonb(t) ->> '" + pairs[pair] + "' from " + table + " t where " + where))
                        .as("%s.%s where %s", table, pairs[pair], where)
                        .isEqualTo(expected == null ? null : expected.toString());
            }
        }
    }

    private void count(String table, int rows) throws SQLException {
        if (has(table)) {
            assertThat(sql.count(table)).as(table).isEqualTo(rows);
        }
    }

    /** A moment ago, in the unit of the table's other rows. */
    private void time(String table, String column, Object id) throws SQLException {
        if (has(table)) {
            String time =
                    sql.ask("select to_jsonb(t) ->> '" + column + "' from " + table + " t where id = '" + id + "'");
            String instant = String.valueOf(time).matches("\\d+")
                    ? "to_timestamp(" + String.valueOf(time).substring(0, 10) + ")"
                    : "'" + time + "'::timestamptz";
            assertThat(sql.ask(
                            "select " + instant + " between now() - interval '1 hour' and now() + interval '1 second'"))
                    .as("%s.%s", table, column)
                    .isEqualTo("t");
        }
    }
}
