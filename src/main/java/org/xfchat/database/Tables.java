package org.xfchat.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables that the service cannot work without. */
final class Tables {
    private static final String[] NAMES = {
        "users",
        "conversations",
        "conversation_participants",
        "chat_messages",
        "friend_requests",
        "contacts",
        "usage_tracking",
        "usage_watermarks",
        "usage_roll_up",
        "log_epoch"
    };

    private Tables() {}

    /**
     * What is stored, for a log line: users counted, the rest estimated from the catalog and marked.
     *
     * @throws StartUpFailure when a table is missing, or may not be read and written
     */
    static String verified(Connection connection) throws SQLException {
        List<String> counts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("""
                select name, oid is not null,
                       has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
                           and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'),
                       (select greatest(reltuples, 0)::bigint from pg_class where pg_class.oid = t.oid)
                from (select name, position, to_regclass(format('%I.%I', current_schema(), name))::oid as oid
                      from unnest(?) with ordinality as names (name, position)) t
                order by position
                """)) {
            query.setArray(1, connection.createArrayOf("text", NAMES));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    if (!rows.getBoolean(2)) {
                        throw new StartUpFailure("the schema is damaged: table " + name + " is missing");
                    }
                    if (!rows.getBoolean(3)) {
                        throw new StartUpFailure(
                                "a privilege is missing: grant select, insert, update, delete on " + name);
                    }
                    counts.add(name + " " + (name.equals("users") ? users(connection) : "~" + rows.getLong(4)));
                }
            }
        }
        return String.join(", ", counts);
    }

    private static long users(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select count(*) from users");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
