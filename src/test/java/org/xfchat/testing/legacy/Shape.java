package org.xfchat.testing.legacy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.LegacySchema;

/** What a database of the old server can hold, by its catalog, and how values look in it. */
final class Shape {
    /** @param length of text, 0 for any */
    private record Column(String type, int length, boolean required, boolean refers) {}

    private final Map<String, Map<String, Column>> tables;
    private final Set<String> keys;
    private final ChronoUnit unit;

    private Shape(Map<String, Map<String, Column>> tables, Set<String> keys, ChronoUnit unit) {
        this.tables = tables;
        this.keys = keys;
        this.unit = unit;
    }

    /** Reads the current schema, which was made from {@code schema}. */
    static Shape of(Connection connection, LegacySchema schema) throws SQLException {
        return new Shape(tables(connection), keys(connection), schema.unit());
    }

    private static Map<String, Map<String, Column>> tables(Connection connection) throws SQLException {
        Map<String, Map<String, Column>> tables = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement("""
                        select c.relname, a.attname, format_type(a.atttypid, null),
                               case when a.atttypid = 'varchar'::regtype then greatest(a.atttypmod - 4, 0) else 0 end,
                               a.attnotnull,
                               exists (select from pg_constraint k
                                       where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey))
                        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
                        """);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                tables.computeIfAbsent(rows.getString(1), table -> new HashMap<>())
                        .put(
                                rows.getString(2),
                                new Column(rows.getString(3), rows.getInt(4), rows.getBoolean(5), rows.getBoolean(6)));
            }
        }
        return tables;
    }

    /** Tables that have a key or a check, with its columns. */
    private static Set<String> keys(Connection connection) throws SQLException {
        Set<String> keys = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement("""
                        select k.conrelid::regclass || ' ' || k.contype::text || ' ' || string_agg(a.attname, ',' order by a.attname)
                        from pg_constraint k
                        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
                        where k.connamespace = current_schema()::regnamespace and k.contype in ('p', 'u', 'c')
                        group by k.oid, k.conrelid, k.contype
                        """);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    boolean has(String table, String column) {
        return tables.getOrDefault(table, Map.of()).containsKey(column);
    }

    boolean allowsNull(String table, String column) {
        Column found = tables.getOrDefault(table, Map.of()).get(column);
        return found != null && !found.required();
    }

    /** Whether a column may name a row that is not there. */
    boolean allowsDangling(String table, String column) {
        Column found = tables.getOrDefault(table, Map.of()).get(column);
        return found != null && !found.refers();
    }

    /** Whether two rows may be equal in all of these columns, which are in alphabetical order. */
    boolean allowsRepeated(String table, String... columns) {
        String names = String.join(",", columns);
        return has(table) && !keys.contains(table + " p " + names) && !keys.contains(table + " u " + names);
    }

    /** Whether a row may have one user in both columns, which are in alphabetical order. */
    boolean allowsEqual(String table, String... columns) {
        return has(table) && !keys.contains(table + " c " + String.join(",", columns));
    }

    /** A time as exactly as the database keeps it. */
    Instant kept(Instant time) {
        return time.truncatedTo(unit);
    }

    /** Inserts a row, without the values for which there is no column, and cut where a column is short. */
    void insert(Connection connection, String table, Map<String, ? extends @Nullable Object> values)
            throws SQLException {
        Map<String, Column> columns = tables.get(table);
        if (columns == null) {
            throw new IllegalStateException("there is no table " + table);
        }
        List<String> names =
                values.keySet().stream().filter(columns::containsKey).toList();
        String sql = "insert into " + table + " (" + String.join(", ", names) + ") values ("
                + names.stream().map(name -> "?").collect(Collectors.joining(", ")) + ")";
        List<@Nullable Object> converted = new ArrayList<>();
        for (String name : names) {
            converted.add(converted(values.get(name), columns.get(name)));
        }
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = 0; i < converted.size(); i++) {
                insert.setObject(i + 1, converted.get(i));
            }
            insert.executeUpdate();
        }
    }

    private @Nullable Object converted(@Nullable Object value, @Nullable Column column) {
        if (column == null) {
            throw new IllegalStateException("no such column");
        }
        if (value instanceof Instant time) {
            return switch (column.type()) {
                case "bigint" -> unit == ChronoUnit.SECONDS ? time.getEpochSecond() : time.toEpochMilli();
                case "timestamp without time zone" -> LocalDateTime.ofInstant(time, ZoneOffset.UTC);
                default -> time.atOffset(ZoneOffset.UTC);
            };
        }
        if (value instanceof String text && column.length() > 0) {
            int end = text.offsetByCodePoints(0, Math.min(column.length(), text.codePointCount(0, text.length())));
            return text.substring(0, end);
        }
        return value;
    }
}
