package org.xfchat.rollback;

import static org.xfchat.rollback.HandMadeUpgrade.ANN;
import static org.xfchat.rollback.HandMadeUpgrade.ANSWERED;
import static org.xfchat.rollback.HandMadeUpgrade.BOB;
import static org.xfchat.rollback.HandMadeUpgrade.CLOSED;
import static org.xfchat.rollback.HandMadeUpgrade.CYD;
import static org.xfchat.rollback.HandMadeUpgrade.DUPLICATE;
import static org.xfchat.rollback.HandMadeUpgrade.OLD_HASH;
import static org.xfchat.rollback.HandMadeUpgrade.OLD_MESSAGE;
import static org.xfchat.rollback.HandMadeUpgrade.OLD_PAIR;
import static org.xfchat.rollback.HandMadeUpgrade.OLD_ROOM_MESSAGE;
import static org.xfchat.rollback.HandMadeUpgrade.id;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.xfchat.database.Sql;

/**
 * What people wrote with the old server, as far as its tables in schema {@code public} have a place for it.
 *
 * @param epoch the time of all of it, where a column has a number for it
 */
record OldRows(Sql sql, String epoch) {
    private static final String OLD = "2024-01-01 00:00:00+00";

    void write() throws SQLException {
        Map.of(ANN, "ann", BOB, "bob", CYD, "cyd")
                .forEach((id, name) -> insert(
                        "users",
                        row(
                                "id",
                                id,
                                "username",
                                name,
                                "email",
                                name + "@example.org",
                                "password_hash",
                                OLD_HASH,
                                "created_at",
                                OLD,
                                "updated_at",
                                OLD)));
        insert("conversations", row("id", OLD_PAIR, "created_by", ANN, "created_at", OLD, "updated_at", OLD));
        for (UUID user : List.of(ANN, BOB)) {
            insert(
                    "conversation_participants",
                    row("id", UUID.randomUUID(), "conversation_id", OLD_PAIR, "user_id", user, "joined_at", OLD));
        }
        insert(
                "chat_messages",
                row(
                        "id",
                        OLD_MESSAGE,
                        "conversation_id",
                        OLD_PAIR,
                        "sender_id",
                        ANN,
                        "content",
                        "old",
                        "message_type",
                        "text",
                        "braid_version",
                        "initial",
                        "created_at",
                        OLD,
                        "updated_at",
                        OLD));
        insert(
                "messages",
                row(
                        "id",
                        OLD_ROOM_MESSAGE,
                        "author",
                        "Somebody",
                        "text",
                        "old room",
                        "timestamp",
                        OLD,
                        "created_at",
                        OLD));
        insert(
                "messages",
                row("id", OLD_MESSAGE, "user_id", ANN, "author", "ann", "text", "same id", "timestamp", OLD));
        insert(
                "contacts",
                row("id", id(41), "user_id", ANN, "contact_user_id", BOB, "username", "Bobby", "created_at", OLD));
        request(ANSWERED, BOB, ANN);
        request(DUPLICATE, ANN, BOB);
        request(CLOSED, CYD, BOB);
    }

    private void request(UUID id, UUID from, UUID to) {
        insert(
                "friend_requests",
                row("id", id, "from_user_id", from, "to_user_id", to, "status", "pending", "created_at", OLD));
    }

    private static Map<String, Object> row(Object... pairs) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int pair = 0; pair < pairs.length; pair += 2) {
            row.put(String.valueOf(pairs[pair]), pairs[pair + 1]);
        }
        return row;
    }

    /** What the table does not have is left out. */
    private void insert(String table, Map<String, Object> row) {
        try {
            List<String> names = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (List<String> column : sql.rows("select column_name, data_type from information_schema.columns"
                    + " where table_schema = 'public' and table_name = '" + table + "'")) {
                Object value = row.get(column.get(0));
                if (value != null) {
                    names.add(Sql.name(column.get(0)));
                    values.add(
                            column.get(1).equals("bigint") && value.equals(OLD)
                                    ? epoch
                                    : Sql.literal(value.toString()));
                }
            }
            if (!names.isEmpty()) {
                sql.run("insert into " + table + " (" + String.join(", ", names) + ") values ("
                        + String.join(", ", values) + ")");
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
