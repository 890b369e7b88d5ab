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

/** Statements on the one connection of a command. */
final class Sql {
    private Sql() {}

    /** A name as SQL writes it, whatever is in it. */
    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A text as SQL writes it. */
    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
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

    /** Every row of an answer, its columns as text, null as the empty text. */
    static List<List<String>> rows(Connection connection, String query, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet answer = statement.executeQuery()) {
                List<List<String>> rows = new ArrayList<>();
                while (answer.next()) {
                    List<String> row = new ArrayList<>();
                    for (int column = 1; column <= answer.getMetaData().getColumnCount(); column++) {
                        row.add(Objects.requireNonNullElse(answer.getString(column), ""));
                    }
                    rows.add(row);
                }
                return rows;
            }
        }
    }

    /** The first column of the first row as text, empty where that is null; there must be a row. */
    static String value(Connection connection, String query, Object... arguments) throws SQLException {
        return rows(connection, query, arguments).get(0).get(0);
    }

    /** The same as a number. */
    static long number(Connection connection, String query, Object... arguments) throws SQLException {
        return Long.parseLong(value(connection, query, arguments));
    }

    /** The same as a truth. */
    static boolean holds(Connection connection, String question, Object... arguments) throws SQLException {
        return value(connection, question, arguments).equals("t");
    }

    /** {@code 1234567} as {@code 1,234,567}. */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
