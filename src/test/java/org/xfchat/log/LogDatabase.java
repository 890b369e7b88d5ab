package org.xfchat.log;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.xfchat.testing.Rows;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.TestServer;

/** A database with the schema and nothing else, where tests of the log make their users and conversations. */
final class LogDatabase {
    private static final String URL = TestServer.newDatabase();

    static {
        try (Connection connection = connect()) {
            String[] user = URI.create(URL).getUserInfo().split(":", 2);
            Flyway.configure()
                    .configuration(ShippedSchema.SETTINGS)
                    .dataSource(connection.getMetaData().getURL(), user[0], user[1])
                    .load()
                    .migrate();
        } catch (SQLException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    private LogDatabase() {}

    static Connection connect() throws SQLException {
        return TestServer.connect(URL);
    }

    static int port() {
        return URI.create(URL).getPort();
    }

    /** Where lanes connect to, directly or through what listens on another port. */
    static LaneWriter.Target target(int port) {
        return TestLanes.target(URL.replace(":" + port(), ":" + port));
    }

    static UUID user() {
        UUID id = UUID.randomUUID();
        change(
                "insert into users (id, username, email, password_hash) values (?, ?, ?, 'x')",
                id,
                "u" + id,
                id + "@x.test");
        return id;
    }

    /** A new group conversation of these users. */
    static UUID group(UUID... users) {
        UUID id = UUID.randomUUID();
        change("insert into conversations (id, kind) values (?, 'group')", id);
        Arrays.stream(users)
                .forEach(user -> change(
                        "insert into conversation_participants (conversation_id, user_id) values (?, ?)", id, user));
        return id;
    }

    /** The room, of which there is one. */
    static UUID room() {
        change("insert into conversations (id, kind) values (?, 'room') on conflict do nothing", UUID.randomUUID());
        return UUID.fromString(
                column("select id from conversations where kind = 'room'").get(0));
    }

    static void delete(UUID user) {
        change(
                "update users set username = null, email = null, password_hash = null, deleted_at = now() where id = ?",
                user);
    }

    static Draft draft(UUID conversation, UUID sender, String content) {
        return draft(conversation, UUID.randomUUID(), sender, content);
    }

    static Draft draft(UUID conversation, UUID id, UUID sender, String content) {
        return new Draft(conversation, id, sender, null, List.of(), "text", content, Map.of(), false);
    }

    /** The texts of a conversation, in their order. */
    static List<String> contents(UUID conversation) {
        return column("select content from chat_messages where conversation_id = ? order by seq", conversation);
    }

    static List<String> seqs(UUID conversation) {
        return column("select seq from chat_messages where conversation_id = ? order by seq", conversation);
    }

    /** Locks a conversation in the transaction of a connection, which is the caller's to close. */
    static Connection lock(UUID conversation) throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        try (PreparedStatement statement =
                Rows.prepared(connection, "select from conversations where id = ? for update", conversation)) {
            statement.execute();
        }
        return connection;
    }

    static void change(String sql, Object... arguments) {
        try (Connection connection = connect();
                PreparedStatement statement = Rows.prepared(connection, sql, arguments)) {
            statement.execute();
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }

    static List<String> column(String sql, Object... arguments) {
        try (Connection connection = connect();
                PreparedStatement statement = Rows.prepared(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<String> column = new ArrayList<>();
            while (rows.next()) {
                column.add(rows.getString(1));
            }
            return column;
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }
}
