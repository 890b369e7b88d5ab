package org.xfchat.testing.legacy;

import com.password4j.BcryptFunction;
import com.password4j.Password;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.LegacySchema;

/** The old server as its database knows it: each statement as its code of that stage sends it. */
public final class OldServer {
    /** A hash that the old server can verify; it fails on others. */
    private static final String BCRYPT = "\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}";

    /** A message, newest first in an answer. */
    public record Said(UUID id, UUID sender, String content) {}

    /** A message of the room, oldest first in an answer. */
    public record Posted(UUID id, @Nullable String author, String text) {}

    private final Connection connection;
    private final Shape shape;

    private OldServer(Connection connection, Shape shape) {
        this.connection = connection;
        this.shape = shape;
    }

    /** Connects it to a database that has, or has again, the tables of {@code schema}. */
    public static OldServer on(Connection connection, LegacySchema schema) throws SQLException {
        return new OldServer(connection, Shape.of(connection, schema));
    }

    public boolean hasUsernames() {
        return shape.has("users", "username");
    }

    public boolean hasChat() {
        return shape.has("chat_messages");
    }

    public boolean hasRoom() {
        return shape.has("messages");
    }

    public boolean hasContacts() {
        return shape.has("contacts");
    }

    public boolean hasParticipants() {
        return shape.has("conversation_participants");
    }

    /** The account that this name, or this address where it has an {@code @}, and this password belong to. */
    public Optional<UUID> logIn(String name, String password) throws SQLException {
        boolean isAddress = name.contains("@") || !hasUsernames();
        List<String[]> found = ask(
                2,
                "select id, password_hash from users where " + (isAddress ? "email" : "username") + " = ?"
                        + " order by created_at limit 1",
                name);
        if (found.isEmpty() || !found.get(0)[1].matches(BCRYPT)) {
            return Optional.empty();
        }
        String hash = found.get(0)[1];
        return Password.check(password, hash).with(BcryptFunction.getInstanceFromHash(hash))
                ? Optional.of(UUID.fromString(found.get(0)[0]))
                : Optional.empty();
    }

    /** Opens an account. */
    public UUID signUp(String username, String email, String password) throws SQLException {
        UUID id = UUID.randomUUID();
        String hash = Password.hash(password)
                .with(BcryptFunction.getInstance(com.password4j.types.Bcrypt.B, 4))
                .getResult();
        if (hasUsernames()) {
            change(
                    "insert into users (id, username, email, password_hash) values (?, ?, ?, ?)",
                    id,
                    username,
                    email,
                    hash);
        } else {
            change("insert into users (id, email, password_hash) values (?, ?, ?)", id, email, hash);
        }
        return id;
    }

    /** Whom this user has as contacts. */
    public List<UUID> contacts(UUID user) throws SQLException {
        return ids(
                "select contact_user_id, username, email, avatar_url, last_seen, is_online, created_at, updated_at"
                        + " from contacts where user_id = ? order by contact_user_id",
                user);
    }

    /** Where this user takes part. */
    public List<UUID> conversations(UUID user) throws SQLException {
        return ids(
                "select c.id, c.created_at, c.updated_at from conversations c"
                        + " join conversation_participants p on p.conversation_id = c.id where p.user_id = ?"
                        + " order by c.updated_at desc",
                user);
    }

    /** The last fifty. */
    public List<Said> last(UUID conversation) throws SQLException {
        return ask(
                        3,
                        "select id, sender_id, content, message_type, is_read, is_delivered, crdt_timestamp, braid_version,"
                                + " braid_parents, created_at from chat_messages where conversation_id = ?"
                                + " order by created_at desc limit 50",
                        conversation)
                .stream()
                .map(row -> new Said(UUID.fromString(row[0]), UUID.fromString(row[1]), row[2]))
                .toList();
    }

    public UUID send(UUID conversation, UUID sender, String content) throws SQLException {
        UUID id = UUID.randomUUID();
        change(
                "insert into chat_messages (id, conversation_id, sender_id, content, message_type, crdt_timestamp,"
                        + " braid_version) values (?, ?, ?, ?, 'text', 1, 'initial')",
                id,
                conversation,
                sender,
                content);
        return id;
    }

    /** Everything that was said in the room. */
    public List<Posted> room() throws SQLException {
        return ask(3, "select id, author, text, timestamp, version from messages order by timestamp").stream()
                .filter(row -> row[0] != null && row[2] != null)
                .map(row -> new Posted(UUID.fromString(row[0]), row[1], row[2]))
                .toList();
    }

    public UUID post(String author, String text) throws SQLException {
        UUID id = UUID.randomUUID();
        change("insert into messages (id, author, text, version) values (?, ?, ?, 'v1')", id, author, text);
        return id;
    }

    private List<UUID> ids(String sql, Object argument) throws SQLException {
        return ask(1, sql, argument).stream()
                .map(row -> UUID.fromString(row[0]))
                .toList();
    }

    private List<String[]> ask(int columns, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                query.setObject(i + 1, arguments[i]);
            }
            List<String[]> answers = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String[] answer = new String[columns];
                    for (int i = 0; i < columns; i++) {
                        answer[i] = rows.getString(i + 1);
                    }
                    answers.add(answer);
                }
            }
            return answers;
        }
    }

    private void change(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("not stored: " + sql);
            }
        }
    }
}
