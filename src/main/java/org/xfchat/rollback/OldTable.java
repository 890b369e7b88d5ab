package org.xfchat.rollback;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Sql;
import org.xfchat.database.StartUpFailure;

/**
 * A table of schema {@code legacy} as it is in this database, whichever columns and types its stage and its owner gave it,
 * and the statements that write ours into it.
 */
final class OldTable {
    /** Those that a number may stand in for: seconds or milliseconds since 1970. */
    private static final Set<String> TIMES =
            Set.of("created_at", "updated_at", "responded_at", "joined_at", "last_seen", "timestamp");

    /**
     * What the old server's code reads as possibly null. It fails on a null in any other column, whatever the column allows, and
     * with it the request that reads the row.
     */
    private static final Set<String> NULLABLE = Set.of(
            "avatar_url", "display_name", "message", "responded_at", "stripe_customer_id", "subscription_status");

    private static final Set<String> NUMBERS = Set.of("int8", "numeric", "float8");

    /** More seconds than any date has, fewer milliseconds than any date after 1973. */
    private static final BigDecimal MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);

    /**
     * A column.
     *
     * @param kind the type's own name, of {@code type} without its length
     * @param category of the type (PostgreSQL manual, pg_type)
     * @param filled whether it has a default or an identity
     */
    private record Column(String name, String type, String kind, String category, boolean required, boolean filled) {
        boolean isNumberOfTime() {
            return TIMES.contains(name) && NUMBERS.contains(kind);
        }
    }

    private final String name;
    private final Map<String, Column> columns;
    private final Map<String, Integer> perSecond;
    private final boolean deferred;

    private OldTable(String name, Map<String, Column> columns, Map<String, Integer> perSecond, boolean deferred) {
        this.name = name;
        this.columns = columns;
        this.perSecond = perSecond;
        this.deferred = deferred;
    }

    /** All of schema {@code legacy} by name; generated columns are left out. */
    static Map<String, OldTable> all(Sql sql) throws SQLException {
        Map<String, Map<String, Column>> found = new TreeMap<>();
        for (List<String> row : sql.rows("""
                select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, t.typcategory,
                       a.attnotnull, a.atthasdef or a.attidentity <> ''
                from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                join pg_type t on t.oid = a.atttypid
                where c.relnamespace = 'legacy'::regnamespace and c.relkind in ('r', 'p')
                  and a.attgenerated = '' and a.attidentity <> 'a'
                order by c.relname, a.attnum
                """)) {
            Column column = new Column(
                    row.get(1),
                    row.get(2),
                    row.get(3),
                    row.get(4),
                    row.get(5).equals("t"),
                    row.get(6).equals("t"));
            found.computeIfAbsent(row.get(0), table -> new TreeMap<>()).put(column.name(), column);
        }
        List<String> deferred = sql.list(
                "select c.relname from pg_constraint k join pg_class c on c.oid = k.conrelid"
                        + " where c.relnamespace = 'legacy'::regnamespace and k.condeferrable and k.contype in ('p', 'u', 'x')");
        Map<String, Integer> perSecond = perSecond(sql, found);
        Map<String, OldTable> tables = new TreeMap<>();
        found.forEach((table, columns) ->
                tables.put(table, new OldTable(table, columns, perSecond, deferred.contains(table))));
        return tables;
    }

    /** The unit of each numeric time column that has a value, and under the empty name that of those without. */
    private static Map<String, Integer> perSecond(Sql sql, Map<String, Map<String, Column>> tables)
            throws SQLException {
        Map<String, Integer> units = new HashMap<>();
        for (Map.Entry<String, Map<String, Column>> table : tables.entrySet()) {
            for (Column column : table.getValue().values()) {
                String typical = !column.isNumberOfTime()
                        ? null
                        // Of a few that are no times the largest would be one.
                        : sql.ask("select percentile_disc(0.5) within group (order by " + Sql.name(column.name())
                                + ")::numeric from legacy." + Sql.name(table.getKey()));
                if (typical != null && !typical.matches("NaN|-?Infinity")) {
                    int unit = new BigDecimal(typical).compareTo(MILLISECONDS) < 0 ? 1 : 1000;
                    units.put(table.getKey() + '.' + column.name(), unit);
                    units.put("", unit);
                }
            }
        }
        return units;
    }

    boolean has(String column) {
        return columns.containsKey(column);
    }

    /** Whether the column is there and takes no null. */
    boolean requires(String column) {
        Column known = columns.get(column);
        return known != null && known.required();
    }

    /** Those of its columns that must have a value, have no default, and are none of {@code values}. */
    List<String> unknown(Map<String, String> values) {
        return columns.values().stream()
                .filter(column -> column.required() && !column.filled() && !values.containsKey(column.name()))
                .map(Column::name)
                .toList();
    }

    /**
     * Copies rows, except where a unique constraint is against it. Columns that this table does not have are skipped, texts
     * cut to what fits; what must have a value, to the table or to the old server, gets the emptiest one of its type where there
     * is none.
     *
     * @param values our expressions by its columns
     * @param from the rows, without {@code from}
     * @throws StartUpFailure when a column unknown to us needs a value that cannot be made up
     */
    String insert(Map<String, String> values, String from) {
        List<String> names = new ArrayList<>();
        List<String> expressions = new ArrayList<>();
        for (Column column : columns.values()) {
            // A number of its own is the table's to count on.
            boolean ownKey = column.name().equals("id")
                    && column.filled()
                    && !column.kind().equals("uuid");
            String value = ownKey ? null : values.get(column.name());
            if (value == null && (column.filled() || !column.required())) {
                continue;
            }
            names.add(Sql.name(column.name()));
            expressions.add(value == null ? emptiest(column) : value(column, value));
        }
        return "insert into legacy." + Sql.name(name) + " (" + String.join(", ", names) + ") select "
                + String.join(", ", expressions) + " from " + from
                // PostgreSQL cannot pass over a conflict that it may only find later.
                + (deferred ? "" : " on conflict do nothing");
    }

    /** {@code column = expression}, for the {@code set} of an update. */
    String set(String column, String expression) {
        return Sql.name(column) + " = " + value(column(column), expression);
    }

    /** Whether a row of this table, as {@code o}, has the value of one of our expressions. */
    String equal(String column, String expression) {
        return column(column).kind().equals("uuid")
                ? "o." + Sql.name(column) + " = " + expression
                : "o." + Sql.name(column) + "::text = (" + expression + ")::text";
    }

    private Column column(String column) {
        Column known = columns.get(column);
        if (known == null) {
            throw new StartUpFailure("the old table " + name + " has no column " + column);
        }
        return known;
    }

    private String value(Column column, String expression) {
        String value = TIMES.contains(column.name())
                ? time(column, expression)
                : "cast(" + expression + " as " + column.type() + ")";
        // A made-up id would refer to nothing.
        if (column.kind().equals("uuid")) {
            return value;
        }
        String empty = column.required() ? emptiest(column) : NULLABLE.contains(column.name()) ? null : empty(column);
        return empty == null ? value : "coalesce(" + value + ", " + empty + ")";
    }

    private String time(Column column, String expression) {
        return switch (column.kind()) {
            case "timestamptz" -> expression;
            case "timestamp" -> "(" + expression + ") at time zone 'UTC'";
            case "int4" -> "floor(extract(epoch from " + expression + "))::int4";
            case "int8", "numeric", "float8" ->
                "floor(extract(epoch from " + expression + ") * " + unit(column) + ")::" + column.kind();
            default -> "cast(" + expression + " as " + column.type() + ")";
        };
    }

    private int unit(Column column) {
        @Nullable Integer own = perSecond.get(name + '.' + column.name());
        return own != null ? own : perSecond.getOrDefault("", 1000);
    }

    private String emptiest(Column column) {
        String empty = empty(column);
        if (empty == null) {
            throw new StartUpFailure("the old table " + name + " has a column " + column.name() + " of type "
                    + column.type() + " that must have a value, and nobody knows which: give it a default first");
        }
        return empty;
    }

    /** Null where nobody knows one. */
    private @Nullable String empty(Column column) {
        if (column.kind().equals("uuid")) {
            return "gen_random_uuid()";
        }
        if (TIMES.contains(column.name())) {
            return time(column, "now()");
        }
        String type = column.type();
        return switch (column.category()) {
            case "S" -> "cast('' as " + type + ")";
            case "B" -> "false";
            case "N" -> "cast(0 as " + type + ")";
            case "A" -> "cast('{}' as " + type + ")";
            case "D" -> "cast(now() as " + type + ")";
            case "E" -> "(enum_range(null::" + type + "))[1]";
            default -> column.kind().matches("jsonb?") ? "cast('{}' as " + type + ")" : null;
        };
    }
}
