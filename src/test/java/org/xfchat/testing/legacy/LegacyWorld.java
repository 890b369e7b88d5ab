package org.xfchat.testing.legacy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.legacy.LegacyRows.Account;
import org.xfchat.testing.legacy.LegacyRows.Conversation;
import org.xfchat.testing.legacy.LegacyRows.Message;
import org.xfchat.testing.legacy.LegacyRows.Participant;

/** Fills databases of the old server. */
public final class LegacyWorld {
    private final Connection connection;
    private final Shape shape;

    private LegacyWorld(Connection connection, Shape shape) {
        this.connection = connection;
        this.shape = shape;
    }

    /** Makes the schema in an empty database, and everything odd that it lets in; what was put there. */
    public static LegacyRows make(Connection connection, LegacySchema schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(schema.sql());
        }
        Shape shape = Shape.of(connection, schema);
        LegacyPeople people = new LegacyPeople(shape);
        LegacyTalk talk = new LegacyTalk(shape);
        LegacyRoom room = new LegacyRoom(shape, talk.messages);
        LegacyRows rows = new LegacyRows(
                shape.has("users", "username"),
                shape.has("conversation_participants"),
                people.accounts,
                talk.conversations,
                talk.participants,
                talk.messages,
                room.messages,
                people.requests,
                people.contacts,
                people.usage);
        new LegacyWorld(connection, shape).write(rows);
        return rows;
    }

    private void insert(String table, @Nullable Object... columnsAndValues) throws SQLException {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.put((String) Objects.requireNonNull(columnsAndValues[i]), columnsAndValues[i + 1]);
        }
        shape.insert(connection, table, values);
    }

    private void write(LegacyRows rows) throws SQLException {
        for (Account account : rows.accounts()) {
            insert(
                    "users",
                    "id",
                    account.id(),
                    "username",
                    account.username(),
                    "email",
                    account.email(),
                    "password_hash",
                    account.hash(),
                    "subscription_status",
                    account.email().startsWith("alice") ? "pro" : "free",
                    "stripe_customer_id",
                    account.email().startsWith("alice") ? "cus_1" : null,
                    "created_at",
                    account.created());
        }
        conversations(rows);
        messages(rows);
        friends(rows);
        if (shape.has("version_history")) {
            insert("version_history", "version_id", "v1", "user_id", LegacyPeople.account("alice"));
        }
    }

    private void conversations(LegacyRows rows) throws SQLException {
        for (Conversation conversation : rows.conversations()) {
            UUID creator = rows.participants().stream()
                    .filter(participant -> participant.conversation().equals(conversation.id()))
                    .map(Participant::user)
                    .findFirst()
                    .orElse(LegacyPeople.account("alice"));
            insert(
                    "conversations",
                    "id",
                    conversation.id(),
                    "created_by",
                    creator,
                    "name",
                    conversation.name(),
                    "created_at",
                    conversation.created(),
                    "updated_at",
                    conversation.created());
        }
        for (Participant participant : rows.participants()) {
            insert(
                    "conversation_participants",
                    "id",
                    participant.id(),
                    "conversation_id",
                    participant.conversation(),
                    "user_id",
                    participant.user(),
                    "joined_at",
                    shape.kept(LegacyPeople.START));
        }
    }

    private void messages(LegacyRows rows) throws SQLException {
        for (Message message : rows.messages()) {
            insert(
                    "chat_messages",
                    "id",
                    message.id(),
                    "conversation_id",
                    message.conversation(),
                    "sender_id",
                    message.sender(),
                    "content",
                    message.content(),
                    "message_type",
                    message.type(),
                    "braid_version",
                    message.version(),
                    "created_at",
                    message.created());
        }
        for (LegacyRows.RoomMessage message : rows.room()) {
            insert(
                    "messages",
                    "id",
                    message.id(),
                    "user_id",
                    message.user(),
                    "author",
                    message.author(),
                    "text",
                    message.text(),
                    "timestamp",
                    message.timestamp(),
                    "version",
                    message.version(),
                    "created_at",
                    message.created());
        }
    }

    private void friends(LegacyRows rows) throws SQLException {
        for (LegacyRows.Request request : rows.requests()) {
            insert(
                    "friend_requests",
                    "id",
                    request.id(),
                    "from_user_id",
                    request.from(),
                    "to_user_id",
                    request.to(),
                    "from_username",
                    "somebody with a name of more than thirty characters",
                    "from_email",
                    "from@example.test",
                    "to_email",
                    "to@example.test",
                    "message",
                    "hi",
                    "status",
                    request.status(),
                    "created_at",
                    request.created(),
                    "responded_at",
                    request.responded());
        }
        for (LegacyRows.Contact contact : rows.contacts()) {
            insert(
                    "contacts",
                    "id",
                    contact.id(),
                    "user_id",
                    contact.user(),
                    "contact_user_id",
                    contact.contact(),
                    "username",
                    "a name of long ago",
                    "avatar_url",
                    "https://example.test/avatar.png");
        }
        Instant counted = shape.kept(LegacyPeople.START);
        for (LegacyRows.Usage usage : rows.usage()) {
            insert(
                    "usage_tracking",
                    "user_id",
                    usage.user(),
                    "metric_type",
                    usage.metric(),
                    "count",
                    usage.count(),
                    "period_start",
                    usage.start(),
                    "period_end",
                    usage.end(),
                    "updated_at",
                    counted);
        }
    }

    /**
     * Makes the last schema of the old server with many rows: so many messages in 5,000 direct conversations of 2,000 users, and
     * a tenth as many in the room.
     */
    public static void large(Connection connection, int messages) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LegacySchema.STAGE_4.sql());
            statement.execute("""
                    -- Every row refers to one that is there; to look takes longer than to write.
                    set session_replication_role = replica;
                    create function pg_temp.id(kind text, number bigint) returns uuid language sql immutable
                        as 'select md5(kind || number)::uuid';
                    insert into users (id, email, password_hash, username, created_at)
                    select pg_temp.id('user', n), 'user' || n || '@example.test', '$2b$04$' || repeat('x', 53), 'user' || n,
                           timestamptz '2023-01-01 00:00+00' + n * interval '1 second'
                    from generate_series(0, 1999) n;
                    insert into conversations (id, created_by, created_at)
                    select pg_temp.id('conversation', n), pg_temp.id('user', n % 2000),
                           timestamptz '2023-02-01 00:00+00' + n * interval '1 second'
                    from generate_series(0, 4999) n;
                    insert into conversation_participants (conversation_id, user_id)
                    select pg_temp.id('conversation', n), pg_temp.id('user', (n % 2000 + i * (1 + n / 2000)) % 2000)
                    from generate_series(0, 4999) n, generate_series(0, 1) i;
                    """);
            statement.execute("""
                    insert into chat_messages (id, conversation_id, sender_id, content, braid_version, created_at)
                    select pg_temp.id('message', n), pg_temp.id('conversation', n %% 5000),
                           pg_temp.id('user', n %% 5000 %% 2000), 'message ' || n || repeat(' and more', (n %% 20)::int), 'initial',
                           timestamptz '2023-03-01 00:00+00' + (n / 3) * interval '1 second'
                    from generate_series(0, %1$d - 1) n;
                    insert into messages (id, user_id, text, author, timestamp, version, created_at)
                    select pg_temp.id('room', n), case when n %% 10 < 8 then pg_temp.id('user', n %% 2000) end, 'room ' || n,
                           case when n %% 10 < 9 then 'user' || n %% 2000 else 'nobody ' || n %% 50 end, at, 'v' || n, at
                    from (select n, timestamptz '2023-03-01 00:00+00' + n * interval '1 second' as at
                          from generate_series(0, %1$d / 10 - 1) n) as room;
                    reset session_replication_role;
                    analyze;
                    """.formatted(messages));
        }
    }
}
