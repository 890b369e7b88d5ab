package org.xfchat.upgrade;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** What of the new server has no place in the old tables, beside whole rows; counted in the clean tables. */
record RollbackLosses(Sql sql, String ours, Map<String, OldTable> old) {
    void note(List<String> lost) throws SQLException {
        note(
                lost,
                "chat_messages m join " + ours
                        + "conversations c on c.id = m.conversation_id where c.kind <> 'room' and"
                        + " m.attributes <> '{}'",
                "messages with an image or a file: their text is kept, what describes the file is not");
        note(
                lost,
                "chat_messages where type not in ('text', 'image', 'file', 'system')",
                "messages of a type that the old server does not know: they are text there");
        note(
                lost,
                "conversation_participants where read_seq > 0",
                "read positions: only new messages say whether they were read");
        note(lost, "usage_tracking where metric_type not like 'legacy\\_%'", "usage figures");
        if (!has("conversations", "name")) {
            note(lost, "conversations where coalesce(name, description) is not null", "names of conversations");
        }
        if (!has("users", "username")) {
            note(
                    lost,
                    "users where username is not null",
                    "user names: the old table has none, people log in by their address");
        }
        action(lost, "renamed", "user names given by the upgrade: these users have their old ones again");
        action(
                lost,
                "merged",
                "conversations that the upgrade merged: they are apart again, and what was written since"
                        + " is in the oldest of each pair");
    }

    private boolean has(String table, String column) {
        OldTable there = old.get(table);
        return there != null && there.has(column);
    }

    private void note(List<String> lost, String from, String what) throws SQLException {
        add(lost, sql.count(ours + from), what);
    }

    private void action(List<String> lost, String action, String what) throws SQLException {
        add(lost, sql.count("legacy.upgrade_actions where action = " + Sql.literal(action)), what);
    }

    private static void add(List<String> lost, long count, String what) {
        if (count > 0) {
            lost.add(count + " " + what);
        }
    }
}
