package org.xfchat.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Statements on the one connection of a command; what they say depends on the catalog. */
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

    /** Every row, its columns as text, null as the empty text; empty for none. */
    public List<List<String>> rows(String query, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet answer = statement.executeQuery()) {
                int columns = answer.getMetaData().getColumnCount();
                List<List<String>> rows = new ArrayList<>();
                while (answer.next()) {
                    List<String> row = new ArrayList<>();
                    for (int column = 1; column <= columns; column++) {
                        row.add(Objects.requireNonNullElse(answer.getString(column), ""));
                    }
                    rows.add(row);
                }
                return rows;
            }
        }
    }

    /** The first column of every row; empty for none. */
    public List<String> list(String query, Object... arguments) throws SQLException {
        return rows(query, arguments).stream().map(row -> row.get(0)).toList();
    }

    /** The text of a file of {@code db/upgrade}. */
    static String file(String file) {
        try (InputStream content =
                Objects.requireNonNull(Sql.class.getClassLoader().getResourceAsStream("db/upgrade/" + file), file)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** An identifier as SQL reads it. */
    public static String name(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A string as SQL reads it. */
    public static String literal(String string) {
        return '\'' + string.replace("'", "''") + '\'';
    }

    /** {@code 1234567} as {@code 1,234,567}. */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
