package org.xfchat.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What PostgreSQL would do for a statement whatever its parameters are: its generic plan. */
public final class Plans {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Plans() {}

    /** The tables that the plan of a statement with {@code ?} parameters reads from end to end. */
    public static Set<String> scannedTables(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = force_generic_plan");
            String numbered = numbered(typed(sql));
            statement.execute("prepare explained as " + numbered);
            try {
                int parameters = parameters(statement);
                String nulls =
                        IntStream.range(0, parameters).mapToObj(i -> "null").collect(Collectors.joining(", "));
                try (ResultSet row = statement.executeQuery(
                        "explain (format json) execute explained" + (parameters == 0 ? "" : "(" + nulls + ")"))) {
                    row.next();
                    Set<String> tables = new TreeSet<>();
                    collect(JSON.readTree(row.getString(1)), tables);
                    return tables;
                } catch (JsonProcessingException impossible) {
                    throw new AssertionError("explain writes JSON", impossible);
                }
            } finally {
                statement.execute("deallocate explained");
            }
        }
    }

    private static int parameters(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "select cardinality(parameter_types) from pg_prepared_statements where name = 'explained'")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The driver says of which type a parameter is; where PostgreSQL cannot tell by itself, it is an id here. */
    private static String typed(String sql) {
        return sql.replaceAll("(least|greatest)\\(\\?, ?\\?\\)", "$1(?::uuid, ?::uuid)")
                .replace("unnest(?)", "unnest(?::uuid[])")
                .replace("unnest(?, ?)", "unnest(?::uuid[], ?::uuid[])")
                .replace("? + ?", "?::bigint + ?");
    }

    /** {@code ?} to {@code $1}, {@code $2}, … outside quotes. */
    private static String numbered(String sql) {
        StringBuilder out = new StringBuilder();
        int parameter = 0;
        boolean quoted = false;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            quoted ^= c == '\'';
            if (c == '?' && !quoted) {
                parameter++;
                out.append('$').append(parameter);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static void collect(JsonNode node, Set<String> tables) {
        if (node.path("Node Type").asText().equals("Seq Scan")) {
            tables.add(node.path("Relation Name").asText());
        }
        node.forEach(child -> collect(child, tables));
    }
}
