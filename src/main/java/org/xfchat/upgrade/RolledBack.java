package org.xfchat.upgrade;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.xfchat.database.Sql;

/**
 * The tables of ours that rollbacks kept, each time in a schema of their own. What was acknowledged may be nowhere else: the old
 * tables have no place for all of it. A conversion takes it from there, and order, versions and what describes an image too.
 */
final class RolledBack {
    /** The old tables whose views have kept rows among them. */
    static final Set<String> KEPT =
            Set.of("users", "conversations", "conversation_participants", "contacts", "friend_requests");

    private static final List<String> TABLES = Stream.concat(
                    KEPT.stream(), Stream.of("chat_messages", "log_epoch", "upgrades", "upgrade_actions"))
            .toList();

    private final Sql sql;
    private final Consumer<String> say;

    /** Those that belong to the old tables, the newest first, as SQL reads their names. */
    private final List<String> schemas;

    private RolledBack(Sql sql, Consumer<String> say, List<String> schemas) {
        this.sql = sql;
        this.say = say;
        this.schemas = List.copyOf(schemas);
    }

    /** Finds them; the views of the old tables must be there. */
    static RolledBack find(Connection connection, Consumer<String> say) throws SQLException {
        Sql sql = new Sql(connection);
        List<String> schemas = new ArrayList<>();
        List<List<String>> found = new ArrayList<>();
        for (String schema :
                sql.list("select quote_ident(nspname) from pg_namespace where nspname ~ '^rolled_back(_[0-9]+)?$'")) {
            if (isWhole(sql, schema)) {
                found.add(List.of(
                        schema,
                        String.valueOf(sql.ask("select coalesce(max(extract(epoch from upgraded_at)), 0) from " + schema
                                + ".upgrades"))));
            }
        }
        found.sort((one, other) -> new BigDecimal(other.get(1)).compareTo(new BigDecimal(one.get(1))));
        for (List<String> each : found) {
            if (isOfTheOldTables(sql, each.get(0))) {
                schemas.add(each.get(0));
            } else {
                say.accept("schema " + each.get(0) + " has nobody's account of these tables, and is left alone");
            }
        }
        return new RolledBack(sql, say, schemas);
    }

    private static boolean isWhole(Sql sql, String schema) throws SQLException {
        for (String table : TABLES) {
            if (!sql.holds("select to_regclass(" + Sql.literal(schema + '.' + table) + ") is not null")) {
                return false;
            }
        }
        return true;
    }

    /** Another database of the old server may have been brought here: people's ids tell. */
    private static boolean isOfTheOldTables(Sql sql, String schema) throws SQLException {
        String known = "(select id from old_users union all select id from closed_users) o";
        return sql.holds("select not exists (select from " + known + ") or exists (select from " + schema
                + ".users u join " + known + " on o.id = u.id)");
    }

    /** Gathers what is only there into temporary tables, which are empty where there is none; notes what it gathers. */
    void gather() throws SQLException {
        sql.run(Script.text("0-kept.sql"));
        for (int place = 0; place < schemas.size(); place++) {
            String schema = schemas.get(place);
            StringBuilder newer = new StringBuilder();
            for (String other : schemas.subList(0, place)) {
                newer.append(" and not exists (select from ").append(other).append(".users n where n.id = u.id)");
            }
            sql.run(Script.text("rolled-back.sql")
                    .replace("${schema}", schema)
                    .replace("${left}", left(schema))
                    .replace("${newest}", String.valueOf(place == 0))
                    .replace("${newer}", newer));
        }
        if (hasMessages()) {
            say.accept(TextTable.grouped(sql.count("kept_messages")) + " messages are only in "
                    + String.join(", ", schemas) + ", and are taken from there");
        }
        known();
    }

    /** Whether any message is only there. */
    boolean hasMessages() throws SQLException {
        return sql.holds("select exists (select from kept_messages)");
    }

    /** A rollback that noted nothing may have left anything. */
    private String left(String schema) throws SQLException {
        if (sql.holds("select to_regclass(" + Sql.literal(schema + '.' + Upgrade.LEFT_BEHIND) + ") is not null")) {
            return schema + '.' + Upgrade.LEFT_BEHIND;
        }
        return """
                (select 'users' as source, id::text as row_id from %1$s.users
                 union all select 'conversations', id::text from %1$s.conversations
                 union all select 'conversation_participants', conversation_id || ' ' || user_id
                           from %1$s.conversation_participants
                 union all select 'contacts', user_id || ' ' || contact_user_id from %1$s.contacts
                 union all select 'friend_requests', id::text from %1$s.friend_requests
                 union all select 'chat_messages', id::text from %1$s.chat_messages
                 union all select 'messages', id::text from %1$s.chat_messages)
                """.formatted(schema);
    }

    /** Views of what the newest of them knows of rows that are in the old tables, too. */
    private void known() throws SQLException {
        boolean none = schemas.isEmpty();
        String newest = none ? "" : schemas.get(0) + '.';
        view(
                "known_users",
                none
                        ? "select cast(null as uuid) as id, cast(null as text) as username where false"
                        : "select id, username from " + newest + "users where username is not null");
        view(
                "known_conversations",
                none
                        ? "select cast(null as uuid) as id, cast(null as text) as kind, cast(null as text) as name,"
                                + " cast(null as text) as description where false"
                        : "select id, kind, name, description from " + newest + "conversations");
        view(
                "known_messages",
                none
                        ? "select cast(null as uuid) as id, cast(null as bigint) as seq, cast(null as uuid) as sender_id,"
                                + " cast(null as text) as version, cast(null as timestamptz) as created_at where false"
                        : "select id, seq, sender_id, version, created_at from " + newest + "chat_messages");
        sql.run("analyze kept_users, kept_conversations, kept_conversation_participants, kept_messages, described");
    }

    private void view(String name, String query) throws SQLException {
        sql.run("drop view if exists pg_temp." + name, "create temp view " + name + " as " + query);
    }

    /**
     * After the conversion: notes what is still only there, and raises the log's epoch, because whoever remembers a place in a
     * log may find other messages there now.
     */
    void finish() throws SQLException {
        for (String schema : schemas) {
            sql.run("""
                    insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
                    select 'chat_messages', m.id::text, 'left', 'is only in the schema of a rollback', jsonb_build_object('in', %2$s)
                    from %1$s.chat_messages m
                    where not exists (select from chat_messages n where n.id = m.id)
                      and not exists (select from %1$s.upgrade_actions r join old_messages o on o.id::text = r.row_id
                                      where r.source = 'messages' and r.action = 'renumbered' and r.detail ->> 'to' = m.id::text)
                    """.formatted(schema, Sql.literal(schema)));
            sql.run("update log_epoch set epoch = greatest(log_epoch.epoch, k.epoch + 1), raised_at = now() from "
                    + schema + ".log_epoch k");
        }
    }
}
