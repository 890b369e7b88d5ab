package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Sql;

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

    /** What the old server ordered its messages by, and an upgrade does: as it was written, whenever that may be. */
    private static final Map<String, String> ORDERED_BY =
            Map.of("chat_messages", "coalesce(created_at, updated_at)", "messages", "coalesce(created_at, timestamp)");

    /** The history of the tool that made them; moved with them, never read. */
    static final String OLD_HISTORY = "_sqlx_migrations";

    /** The old tables that any database may have. */
    static Set<String> names() {
        return SHAPES.keySet();
    }

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
     * row, where the database has none. {@code source} is the row's place in its table. Of messages {@code ordered_at} is the
     * time that they were ordered by, as it was written.
     *
     * @param times which times are taken as they are
     * @param kept whether the rows that {@link RolledBack} keeps are among them; their {@code source} is null
     */
    void createViews(Connection connection, OldTimes times, boolean kept) throws SQLException {
        Sql sql = new Sql(connection);
        sql.run(OldTimes.READER);
        for (Map.Entry<String, Map<String, String>> shape : SHAPES.entrySet()) {
            String table = shape.getKey();
            sql.run("drop view if exists pg_temp.old_" + table);
            sql.run("create temp view old_" + table + " as "
                    + (has(table) ? rows(table, shape.getValue(), times) : instead(table))
                    + (kept && RolledBack.KEPT.contains(table) ? " union all " + kept(table, shape.getValue()) : ""));
        }
        // Who closed the account before a rollback stays gone.
        sql.run(
                "drop view if exists pg_temp.closed_users",
                "create temp view closed_users as select "
                        + (type("users", "id") == null
                                ? "cast(null as uuid) as id where false"
                                : "cast(id as uuid) as id from " + qualified("users") + " where password_hash = "
                                        + Sql.literal(Upgrade.NOBODYS_HASH)));
    }

    private String rows(String table, Map<String, String> shape, OldTimes times) {
        List<String> read = new ArrayList<>(List.of("ctid as source"));
        List<String> taken = new ArrayList<>(List.of("source"));
        shape.forEach((column, type) -> {
            String name = Sql.name(column);
            read.add("cast(" + raw(table, column) + " as " + type + ") as " + name);
            taken.add(times.taken(name, type) + " as " + name);
        });
        String ordered = ORDERED_BY.get(table);
        if (ordered != null) {
            taken.add(ordered + " as ordered_at");
        }
        String which = table.equals("users")
                ? " where password_hash is distinct from " + Sql.literal(Upgrade.NOBODYS_HASH)
                : "";
        return "select " + String.join(", ", taken) + " from (select " + String.join(", ", read) + " from "
                + qualified(table) + which + ") as written";
    }

    private static String kept(String table, Map<String, String> shape) {
        List<String> expressions = new ArrayList<>(List.of("cast(null as tid)"));
        shape.keySet().forEach(column -> expressions.add(Sql.name(column)));
        return "select " + String.join(", ", expressions) + " from kept_" + table;
    }

    /** A column as its table has it, a time as {@code timestamptz}; null where there is no such column. */
    private String raw(String table, String column) {
        String found = type(table, column);
        if (found == null) {
            return "null";
        }
        return isTime(table, column) ? OldTimes.written(Sql.name(column), found) : Sql.name(column);
    }

    private static boolean isTime(String table, String column) {
        return "timestamptz".equals(SHAPES.getOrDefault(table, Map.of()).get(column));
    }

    /** Notes in {@code legacy.upgrade_actions} which times were not taken as they are, with what was written. */
    void noteTimes(Connection connection, OldTimes times) throws SQLException {
        for (String table : tables()) {
            List<OldTimes.Column> columns = new ArrayList<>();
            SHAPES.getOrDefault(table, Map.of()).forEach((column, type) -> {
                String found = type(table, column);
                if (found != null && (type.equals("timestamptz") || type.equals("date"))) {
                    columns.add(new OldTimes.Column(column, type, raw(table, column)));
                }
            });
            if (!columns.isEmpty()) {
                new Sql(connection).run(times.note(table, qualified(table), key(table), columns));
            }
        }
    }

    /** How {@code legacy.upgrade_actions} names a row of a table. */
    private String key(String table) {
        return switch (table) {
            case "contacts" -> "coalesce(user_id::text, '') || ' ' || coalesce(contact_user_id::text, '')";
            case "conversation_participants" ->
                "coalesce(conversation_id::text, '') || ' ' || coalesce(user_id::text, '')";
            case "usage_tracking" ->
                type(table, "period_start") == null
                        ? "concat_ws(' ', user_id, metric_type)"
                        : "concat_ws(' ', user_id, metric_type, period_start)";
            default -> "coalesce(id::text, '')";
        };
    }

    /** What stands for a table that is not there: no row, and where a repair lost the participants, the senders. */
    private String instead(String table) {
        if (table.equals("conversation_participants") && has("chat_messages")) {
            return "select distinct cast(null as tid) as source, conversation_id, sender_id as user_id,"
                    + " cast(null as timestamptz) as joined_at from " + qualified("chat_messages")
                    + " where sender_id is not null";
        }
        List<String> expressions = new ArrayList<>(List.of("cast(null as tid) as source"));
        if (ORDERED_BY.containsKey(table)) {
            expressions.add("cast(null as timestamptz) as ordered_at");
        }
        Objects.requireNonNull(SHAPES.get(table))
                .forEach((column, type) -> expressions.add("cast(null as " + type + ") as " + Sql.name(column)));
        return "select " + String.join(", ", expressions) + " where false";
    }
}
