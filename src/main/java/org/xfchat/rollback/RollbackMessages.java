package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.Map;
import org.xfchat.database.Sql;

/** Copies the messages written since the upgrade into the old tables, those of the room into a table of their own. */
record RollbackMessages(Sql sql, String ours, OldTables old) {
    void copy() throws SQLException {
        messages();
        room();
    }

    /**
     * Whether a message was written since: its id was nobody's, or that of an old message in quarantine, which is not among ours,
     * and it was not given by the upgrade.
     */
    private String isNewMessage() {
        String placed = old.known("chat_messages", "id", "m.id");
        if (old.get("chat_messages") != null) {
            placed = placed.substring(0, placed.length() - 1)
                    + " and not exists (select from legacy.upgrade_actions q where q.source = 'chat_messages'"
                    + " and q.action = 'quarantined' and q.reason <> 'id repeated' and q.row_id = o.id::text))";
        }
        return "not " + placed + " and not " + old.known("messages", "id", "m.id")
                + " and not exists (select from legacy.upgrade_actions a where a.action = 'renumbered'"
                + " and a.detail ->> 'to' = m.id::text)";
    }

    private String written(String kind) {
        return ours + "chat_messages m join " + ours + "conversations c on c.id = m.conversation_id and c.kind " + kind
                + " where " + isNewMessage();
    }

    private void messages() throws SQLException {
        Map<String, String> values =
                RollbackCopy.same("m", "id", "conversation_id", "sender_id", "content", "created_at");
        String others =
                "(select from " + ours + "conversation_participants p where p.conversation_id = m.conversation_id"
                        + " and p.user_id <> m.sender_id";
        values.put("updated_at", "m.created_at");
        values.put(
                "message_type", "case when m.type in ('text', 'image', 'file', 'system') then m.type else 'text' end");
        values.put("is_read", "exists " + others + ") and not exists " + others + " and p.read_seq < m.seq)");
        values.put("is_delivered", "true");
        values.put("crdt_timestamp", "m.seq");
        values.put("braid_version", "coalesce(m.version, m.id::text)");
        values.put("braid_parents", "'{}'");
        old.copy(
                new OldTables.Rows(
                        "chat_messages",
                        "m.id::text",
                        written("<> 'room'"),
                        " and " + old.known("users", "id", "m.sender_id")
                                + (old.get("conversations") == null
                                        ? ""
                                        : " and " + old.known("conversations", "id", "m.conversation_id"))),
                values,
                new OldTables.Instead(
                        Map.of("braid_version", "m.id::text"),
                        "messages have their id as version there, because theirs was taken"));
    }

    private void room() throws SQLException {
        Map<String, String> values = RollbackCopy.same("m", "id", "created_at");
        values.put("user_id", "case when " + old.known("users", "id", "m.sender_id") + " then m.sender_id end");
        values.put("text", "m.content");
        values.put("author", "coalesce(m.attributes ->> 'author', 'unknown')");
        values.put("version", version());
        values.put("timestamp", "m.created_at");
        values.put("is_read", "false");
        values.put("is_delivered", "true");
        old.copy(
                new OldTables.Rows("messages", "m.id::text", written("= 'room'"), ""),
                values,
                new OldTables.Instead(
                        Map.of("version", "m.id::text"),
                        "messages of the room have their id as version there, because theirs was taken"));
    }

    /**
     * The old server numbers the room's versions, {@code v1} and so on, but not without gaps, and from 1 again after every start:
     * where a number is taken, one is given that is above all others.
     */
    private String version() throws SQLException {
        OldTable there = old.get("messages");
        if (there == null || !there.has("version")) {
            return "'v' || m.seq";
        }
        String highest =
                sql.ask("select greatest((select coalesce(max(cast(substring(version::text from '^v([0-9]{1,18})$')"
                        + " as bigint)), 0) from legacy.messages), (select coalesce(max(m.seq), 0) from " + ours
                        + "chat_messages m join " + ours
                        + "conversations c on c.id = m.conversation_id and c.kind = 'room'))");
        return "case when m.seq in (select cast(substring(o.version::text from '^v([1-9][0-9]{0,17})$') as bigint)"
                + " from legacy.messages o where o.version::text ~ '^v[1-9][0-9]{0,17}$')"
                + " then 'v' || (" + highest + " + row_number() over (order by m.seq)) else 'v' || m.seq end";
    }
}
