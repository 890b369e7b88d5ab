package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements without parameters: what they say depends on the catalog. */
record Sql(Connection connection) {
    /** Rows written; 0 for a statement that writes none. */
    long run(String statement) throws SQLException {
        try (Statement running = connection.createStatement()) {
            running.execute(statement);
            return Math.max(0, running.getLargeUpdateCount());
        }
    }

    /** The first column of the first row; null without a row. */
    @Nullable
    String ask(String query) throws SQLException {
        try (Statement asking = connection.createStatement();
                ResultSet rows = asking.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** The number of rows of a {@code from} clause. */
    long count(String from) throws SQLException {
        String count = ask("select count(*) from " + from);
        return count == null ? 0 : Long.parseLong(count);
    }

    /** Every row; empty for none. */
    List<List<String>> rows(String query) throws SQLException {
        List<List<String>> all = new ArrayList<>();
        try (Statement asking = connection.createStatement();
                ResultSet rows = asking.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(rows.getString(column));
                }
                all.add(row);
            }
        }
        return all;
    }

    /** The first column of every row; empty for none. */
    List<String> list(String query) throws SQLException {
        return rows(query).stream().map(row -> row.get(0)).toList();
    }

    /** An identifier as SQL reads it. */
    static String name(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A string as SQL reads it. */
    static String literal(String string) {
        return '\'' + string.replace("'", "''") + '\'';
    }
}
