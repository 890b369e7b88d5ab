package org.xfchat.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a database is, by its catalog. Flyway alone would stumble over a legacy database, accept a foreign one and ignore
 * migrations newer than the binary.
 *
 * @param kind what it is
 * @param version of {@link Kind#OURS} the newest applied migration, null before the first
 * @param detail of {@link Kind#LEGACY} the stage, of {@link Kind#FOREIGN} what does not belong, else empty
 */
public record SchemaState(Kind kind, @Nullable String version, String detail) {
    public enum Kind {
        /** No table, view or sequence in the schema; extensions do not count. */
        EMPTY,
        /** Flyway's history with our first migration. */
        OURS,
        /** The old server's, at any of its stages. */
        LEGACY,
        /** Somebody else's. */
        FOREIGN
    }

    /** What the service reads and writes, in the order in which everybody locks it. */
    public static final List<String> TABLES = List.of(
            "replicas",
            "conversations",
            "chat_messages",
            "users",
            "friend_requests",
            "conversation_participants",
            "contacts",
            "presence",
            "login_failures",
            "usage_tracking",
            "usage_watermarks",
            "usage_roll_up",
            "log_epoch",
            "upgrades");

    /** Where Flyway notes what it has applied. */
    public static final String HISTORY = "flyway_schema_history";

    /** Where migrations note which binaries can run on them. */
    public static final String COMPATIBILITY = "schema_compatibility";

    static final String FIRST_MIGRATION = "20240105000000";

    /** What Flyway notes where it finds functions or types, but no tables, before it begins. */
    static final String BASELINE = "0";

    /** The old server's tables and the columns that each of their variants has. */
    public static final Map<String, Set<String>> LEGACY_COLUMNS = Map.of(
            "users", Set.of("id", "email", "password_hash"),
            "conversations", Set.of("id", "created_at"),
            "conversation_participants", Set.of("conversation_id", "user_id"),
            "chat_messages", Set.of("id", "conversation_id", "sender_id", "content"),
            "friend_requests", Set.of("id", "from_user_id", "to_user_id", "status"),
            "contacts", Set.of("user_id", "contact_user_id"),
            "usage_tracking", Set.of("user_id", "metric_type"),
            "messages", Set.of("id", "text"),
            "version_history", Set.of("version_id", "created_at"));

    /** Reads the catalog of the connection's current schema and changes nothing. */
    static SchemaState read(Connection connection) throws SQLException {
        Map<String, Set<String>> tables = tables(connection);
        if (tables.isEmpty()) {
            return new SchemaState(Kind.EMPTY, null, "");
        }
        if (tables.containsKey(HISTORY)) {
            return withHistory(connection, tables.keySet());
        }
        return withoutHistory(tables);
    }

    private static SchemaState withHistory(Connection connection, Set<String> tables) throws SQLException {
        List<String> versions = history(connection);
        if (versions.contains(FIRST_MIGRATION)) {
            return new SchemaState(Kind.OURS, versions.get(versions.size() - 1), "");
        }
        if (Set.of(BASELINE).containsAll(versions) && tables.size() == 1) {
            // A first start that ended between creating the history and the first migration.
            return new SchemaState(Kind.OURS, null, "");
        }
        return new SchemaState(Kind.FOREIGN, null, "a Flyway history that is not XFChat's");
    }

    private static SchemaState withoutHistory(Map<String, Set<String>> tables) {
        Set<String> known = new TreeSet<>(tables.keySet());
        known.retainAll(LEGACY_COLUMNS.keySet());
        for (String table : known) {
            if (!tables.getOrDefault(table, Set.of()).containsAll(LEGACY_COLUMNS.getOrDefault(table, Set.of()))) {
                return new SchemaState(Kind.FOREIGN, null, "a table " + table + " with other columns than XFChat's");
            }
        }
        if (!known.contains("users") || known.size() == 1) {
            Set<String> foreign = new TreeSet<>(tables.keySet());
            foreign.removeAll(known);
            String some =
                    (foreign.isEmpty() ? known : foreign).stream().limit(5).collect(Collectors.joining(", "));
            return new SchemaState(Kind.FOREIGN, null, "tables that are not XFChat's: " + some);
        }
        return new SchemaState(Kind.LEGACY, null, "stage " + stage(tables));
    }

    private static int stage(Map<String, Set<String>> tables) {
        if (!tables.containsKey("conversations") && !tables.containsKey("friend_requests")) {
            return 1;
        }
        if (!tables.containsKey("chat_messages")) {
            return 2;
        }
        return tables.getOrDefault("conversations", Set.of()).contains("is_direct_message") ? 4 : 3;
    }

    /** Columns by table, view or sequence of the current schema, without what belongs to extensions. */
    private static Map<String, Set<String>> tables(Connection connection) throws SQLException {
        Map<String, Set<String>> tables = new TreeMap<>();
        for (List<String> column : new Sql(connection).rows("""
                        select c.relname, a.attname
                        from pg_class c
                        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                        where c.relnamespace = current_schema()::regnamespace
                          and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
                          and not exists (select from pg_depend d
                                          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                                            and d.deptype in ('e', 'i', 'a'))
                        """)) {
            Set<String> columns = tables.computeIfAbsent(column.get(0), table -> new TreeSet<>());
            if (!column.get(1).isEmpty()) {
                columns.add(column.get(1));
            }
        }
        return tables;
    }

    /** Versioned migrations, oldest first, a failed one included: Flyway's validation names it. */
    private static List<String> history(Connection connection) throws SQLException {
        return new Sql(connection)
                .list("select version from " + HISTORY + " where version is not null order by installed_rank");
    }

    /**
     * The oldest binary that can run on a schema whose newest migration is {@code version}, named by its own newest
     * migration; null where the schema does not say.
     */
    static @Nullable String oldestBinary(Connection connection, String version) throws SQLException {
        return new Sql(connection)
                .list("select oldest_binary from " + COMPATIBILITY + " where schema_version = ?", version).stream()
                        .findFirst()
                        .orElse(null);
    }
}
