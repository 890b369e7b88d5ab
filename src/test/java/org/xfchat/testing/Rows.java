package org.xfchat.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Prepares and checks rows that no endpoint writes or shows. */
public final class Rows {
    private Rows() {}

    /** Runs a statement; the number of rows it changed. */
    public static int change(String sql, Object... arguments) {
        try (Connection connection = TestDatabase.connect();
                PreparedStatement statement = prepared(connection, sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }

    /** The number in the first column of the first row. */
    public static long number(String sql, Object... arguments) {
        return Long.parseLong(text(sql, arguments));
    }

    /** The first column of the first row as text; fails the test when there is none. */
    public static String text(String sql, Object... arguments) {
        try (Connection connection = TestDatabase.connect();
                PreparedStatement statement = prepared(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next() || rows.getString(1) == null) {
                throw new AssertionError("no value: " + sql);
            }
            return rows.getString(1);
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }

    /** A statement with its parameters; to be closed. */
    public static PreparedStatement prepared(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}
