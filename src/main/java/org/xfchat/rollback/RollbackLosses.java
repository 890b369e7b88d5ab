package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.xfchat.database.Sql;

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
        // The two of a pair have theirs in is_read.
        note(
                lost,
                "conversation_participants p join " + ours + "conversations c on c.id = p.conversation_id where "
                        + (has("chat_messages", "is_read") ? "c.kind = 'group' and " : "")
                        + "exists (select from " + ours + "chat_messages m where m.conversation_id = p.conversation_id"
                        + " and m.seq <= p.read_seq and m.created_at > (select max(upgraded_at) from " + ours
                        + "upgrades))",
                "read positions of participants");
        note(
                lost,
                "usage_tracking where metric_type not like 'legacy\\_%' and updated_at > (select max(upgraded_at) from "
                        + ours + "upgrades)",
                "usage figures");
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
        bystanders(lost);
    }

    /** Views and tables of somebody else's that refer to the new tables follow them. */
    private void bystanders(List<String> lost) throws SQLException {
        String tables = String.join(
                ", ",
                Rollback.TABLES.stream()
                        .map(table -> Sql.literal(ours + Sql.name(table)) + "::regclass")
                        .toList());
        List<String> found = sql.list("""
                select distinct c.oid::regclass::text from pg_depend d
                left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
                left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
                join pg_class c on c.oid = coalesce(r.ev_class, k.conrelid)
                where d.refclassid = 'pg_class'::regclass and d.refobjid = any (array[%1$s]) and c.oid <> all (array[%1$s])
                order by 1
                """.formatted(tables));
        if (!found.isEmpty()) {
            lost.add("what refers to the new tables goes on doing so: " + String.join(", ", found));
        }
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
