package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The old server's tables as one database has them: which there are, with which columns of which types. Stages, variants and
 * repairs differ in both; {@link #createViews} gives them one shape.
 *
 * @param schema where they are
 * @param columns by table the types of its columns, as PostgreSQL writes them
 */
record LegacyTables(String schema, Map<String, Map<String, String>> columns) {
    /** The old tables, and what a converted row needs of each. */
    private static final Map<String, Map<String, String>> SHAPES = new LinkedHashMap<>();

    static {
        SHAPES.put(
                "users",
                shape("id uuid, email text, username text, password_hash text, stripe_customer_id text,"
                        + " subscription_status text, created_at timestamptz, updated_at timestamptz"));
        SHAPES.put(
                "messages",
                shape("id uuid, user_id uuid, text text, author text, timestamp timestamptz, version text,"
                        + " created_at timestamptz"));
        SHAPES.put("version_history", shape("version_id text"));
        SHAPES.put(
                "usage_tracking",
                shape("user_id uuid, metric_type text, count bigint, period_start date, period_end date,"
                        + " updated_at timestamptz"));
        SHAPES.put(
                "friend_requests",
                shape("id uuid, from_user_id uuid, to_user_id uuid, message text, status text, created_at timestamptz,"
                        + " responded_at timestamptz"));
        SHAPES.put(
                "contacts",
                shape("id uuid, user_id uuid, contact_user_id uuid, display_name text, avatar_url text,"
                        + " last_seen timestamptz, created_at timestamptz"));
        SHAPES.put(
                "conversations",
                shape("id uuid, created_by uuid, name text, description text, created_at timestamptz,"
                        + " updated_at timestamptz"));
        SHAPES.put("conversation_participants", shape("conversation_id uuid, user_id uuid, joined_at timestamptz"));
        SHAPES.put(
                "chat_messages",
                shape("id uuid, conversation_id uuid, sender_id uuid, content text, message_type text,"
                        + " braid_version text, created_at timestamptz, updated_at timestamptz"));
    }

    /** The history of the tool that made them; moved with them, never read. */
    private static final String OLD_HISTORY = "_sqlx_migrations";

    private static Map<String, String> shape(String columns) {
        Map<String, String> shape = new LinkedHashMap<>();
        for (String column : columns.split(", ?", -1)) {
            int space = column.indexOf(' ');
            shape.put(column.substring(0, space), column.substring(space + 1));
        }
        return shape;
    }

    /** Reads the catalog. */
    static LegacyTables in(Connection connection, String schema) throws SQLException {
        Map<String, Map<String, String>> columns = new TreeMap<>();
        for (List<String> column : new Sql(connection).rows("""
                select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
                from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where c.relnamespace = cast(? as regnamespace) and c.relkind in ('r', 'p')
                order by c.relname, a.attnum
                """, Sql.name(schema))) {
            String table = column.get(0);
            if (SHAPES.containsKey(table) || table.equals(OLD_HISTORY)) {
                columns.computeIfAbsent(table, name -> new LinkedHashMap<>()).put(column.get(1), column.get(2));
            }
        }
        return new LegacyTables(schema, columns);
    }

    /** The names of those that there are. */
    List<String> tables() {
        return List.copyOf(columns.keySet());
    }

    boolean has(String table) {
        return columns.containsKey(table);
    }

    /** The type of a column, null where there is none. */
    @Nullable
    String type(String table, String column) {
        return columns.getOrDefault(table, Map.of()).get(column);
    }

    /** Its name in SQL, with the schema. */
    String qualified(String table) {
        return Sql.name(schema) + "." + Sql.name(table);
    }

    /**
     * Makes temporary views {@code old_users} and so on, in which every table and every column is there: null, or without a
     * row, where the database has none. {@code source} is the row's place in its table.
     */
    void createViews(Connection connection) throws SQLException {
        Sql sql = new Sql(connection);
        for (Map.Entry<String, Map<String, String>> shape : SHAPES.entrySet()) {
            sql.run("drop view if exists pg_temp.old_" + shape.getKey());
            sql.run("create temp view old_" + shape.getKey() + " as "
                    + (has(shape.getKey()) ? rows(shape.getKey(), shape.getValue()) : instead(shape.getKey())));
        }
    }

    private String rows(String table, Map<String, String> shape) {
        List<String> expressions = new ArrayList<>(List.of("ctid as source"));
        shape.forEach((column, type) -> {
            String found = type(table, column);
            String value = found == null ? "null" : type.equals("timestamptz") ? time(column, found) : Sql.name(column);
            expressions.add("cast(" + value + " as " + type + ") as " + Sql.name(column));
        });
        // Who closed the account before a rollback stays gone.
        String which = table.equals("users")
                ? " where password_hash is distinct from " + Sql.literal(Upgrade.NOBODYS_HASH)
                : "";
        return "select " + String.join(", ", expressions) + " from " + qualified(table) + which;
    }

    /**
     * A time of whatever type as {@code timestamptz}. Numbers are seconds, milliseconds or microseconds since 1970 by their
     * magnitude: as seconds, the least number of milliseconds would be in the year 5138.
     */
    private static String time(String column, String type) {
        String name = Sql.name(column);
        if (type.matches("bigint|integer|numeric.*|double precision")) {
            return "to_timestamp(case when abs(" + name + ") >= 1e14 then " + name + " / 1e6 when abs(" + name
                    + ") >= 1e11 then " + name + " / 1e3 else " + name + " end)";
        }
        if (type.startsWith("timestamp") && type.endsWith("without time zone")) {
            return name + " at time zone 'UTC'";
        }
        return type.equals("text") || type.startsWith("character") ? "nullif(" + name + ", '')" : name;
    }

    /** What stands for a table that is not there: no row, and where a repair lost the participants, the senders. */
    private String instead(String table) {
        if (table.equals("conversation_participants") && has("chat_messages")) {
            return "select distinct cast(null as tid) as source, conversation_id, sender_id as user_id,"
                    + " cast(null as timestamptz) as joined_at from " + qualified("chat_messages")
                    + " where sender_id is not null";
        }
        List<String> expressions = new ArrayList<>(List.of("cast(null as tid) as source"));
        Objects.requireNonNull(SHAPES.get(table))
                .forEach((column, type) -> expressions.add("cast(null as " + type + ") as " + Sql.name(column)));
        return "select " + String.join(", ", expressions) + " where false";
    }
}
