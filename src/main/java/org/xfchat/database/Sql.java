package org.xfchat.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Statements on one connection, without a session around it, and what is made of their rows. Positions begin at 1. */
public record Sql(Connection connection) {
    /** Runs one after the other; the rows that the last one wrote, 0 for one that writes none. */
    public long run(String... statements) throws SQLException {
        long written = 0;
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
                written = Math.max(0, statement.getLargeUpdateCount());
            }
        }
        return written;
    }

    /** The first column of the first row as text; null where that is null, or without a row. */
    public @Nullable String ask(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** The same as a truth. */
    public boolean holds(String question) throws SQLException {
        return "t".equals(ask(question));
    }

    /** The number of rows of a {@code from} clause. */
    public long count(String from) throws SQLException {
        return Long.parseLong(String.valueOf(ask("select count(*) from " + from)));
    }

    /** Makes something of a row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * What is made of each row; empty for none.
     *
     * @param arguments for each question mark one, arrays too
     */
    public <T> List<T> list(String query, Row<T> row, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(query, arguments);
                ResultSet answer = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (answer.next()) {
                rows.add(row.read(answer));
            }
            return rows;
        }
    }

    /** The rows that one statement wrote. */
    public int change(String statement, Object... arguments) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, arguments)) {
            return prepared.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            // The driver knows arrays of everything else by itself.
            Object argument = arguments[i] instanceof UUID[] ids ? connection.createArrayOf("uuid", ids) : arguments[i];
            statement.setObject(i + 1, argument);
        }
        return statement;
    }

    /** Every row, its columns as text, null as the empty text; empty for none. */
    public List<List<String>> rows(String query, Object... arguments) throws SQLException {
        return list(query, Sql::texts, arguments);
    }

    private static List<String> texts(ResultSet row) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            texts.add(Objects.requireNonNullElse(row.getString(column), ""));
        }
        return texts;
    }

    /** The first column of every row; empty for none. */
    public List<String> list(String query, Object... arguments) throws SQLException {
        return rows(query, arguments).stream().map(row -> row.get(0)).toList();
    }

    /** An identifier as SQL reads it. */
    public static String name(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A string as SQL reads it. */
    public static String literal(String string) {
        return '\'' + string.replace("'", "''") + '\'';
    }

    /** Several strings, with commas between them. */
    public static String literals(Collection<String> strings) {
        return strings.stream().map(Sql::literal).collect(Collectors.joining(", "));
    }
}
