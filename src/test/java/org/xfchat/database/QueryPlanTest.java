package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Person.anonymous;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;
import static org.xfchat.testing.Rows.change;
import static org.xfchat.testing.Rows.number;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;
import org.xfchat.stream.StreamClosed;
import org.xfchat.stream.StreamOpened;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.Plans;
import org.xfchat.testing.Statements;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.TestServer;

/** Every statement that the service runs, at 10⁴ rows, and at 10⁵ in nightly builds: none reads a big table from end to end. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class QueryPlanTest {
    private static final int ROWS = Integer.getInteger("plans.rows", 10_000);

    private static final Set<String> BIG = Set.of(
            "users",
            "conversations",
            "conversation_participants",
            "chat_messages",
            "friend_requests",
            "contacts",
            "presence",
            "usage_tracking",
            "usage_watermarks");

    /** A piece of each statement that runs without a request. */
    private static final List<String> UNASKED =
            List.of("with active as", "insert into replicas", "with arrived as", "left_users", "until as (");

    @Inject
    @PersistenceUnitExtension
    Statements statements;

    @Inject
    SessionFactory sessions;

    @Inject
    Event<Object> events;

    @Test
    void theEntitiesMatchTheSchema() {
        sessions.getSchemaManager().validateMappedObjects();
    }

    @Test
    void everyStatementUsesIndexes() throws SQLException {
        exerciseEveryEndpoint();
        comeAndGo();
        follow();
        for (String piece : UNASKED) {
            await(piece)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> statements.seen().stream().anyMatch(sql -> sql.contains(piece)));
        }
        Map<String, Set<String>> scans = new TreeMap<>();
        int explained = 0;
        try (Connection connection = TestServer.connect(TestServer.newDatabase())) {
            fill(connection);
            for (String sql : statements.seen()) {
                if (!sql.startsWith("set ")) {
                    explained++;
                    Set<String> tables = scannedTables(connection, sql);
                    if (!tables.isEmpty()) {
                        scans.put(sql, tables);
                    }
                }
            }
        }
        assertThat(explained).isGreaterThan(25);
        assertThat(scans).isEmpty();
    }

    private static Set<String> scannedTables(Connection connection, String sql) {
        try {
            Set<String> tables = new TreeSet<>(Plans.scannedTables(connection, sql));
            tables.retainAll(BIG);
            return tables;
        } catch (SQLException unexplained) {
            throw new AssertionError("cannot be explained: " + sql, unexplained);
        }
    }

    private void comeAndGo() {
        Person ann = Person.signUp();
        events.fire(new StreamOpened(ann.id()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> number("select count(*) from presence where user_id = ?", ann.id()) == 1);
        events.fire(new StreamClosed(ann.id()));
        change("insert into replicas (id, lease_until) values (?, now())", UUID.randomUUID());
    }

    /** Opens every kind of stream where there is much to catch up with, until it was asked who may go on. */
    private void follow() {
        Friends friends = Friends.meet();
        friends.fill(1, 300);
        Map<String, String> events = Map.of("Accept", "text/event-stream", "Last-Event-ID", "1");
        Map<String, String> root = Map.of("Parents", Friends.quoted(friends.conversation()));
        Map<String, String> subscribe = Map.of("Subscribe", "true");
        List<HttpStream> streams = List.of(
                friends.read(friends.bob(), "", events),
                friends.read(friends.bob(), "", subscribe),
                friends.read(friends.bob(), "", root),
                Friends.stream(friends.bob(), "/chat", events),
                Friends.stream(friends.bob(), "/chat", subscribe),
                Friends.stream(friends.bob(), "/realtime", subscribe));
        streams.forEach(stream -> assertThat(stream.status()).isIn(200, 209));
        friends.alice().say(friends.conversation(), "hello");
        friends.alice()
                .request()
                .body(Map.of("text", "hello"))
                .put("/chat")
                .then()
                .statusCode(200);
        friends.alice().request().get("/chat").then().statusCode(200);
        for (String piece : List.of("join conversation_participants p using", "from users where id = any")) {
            await(piece)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> statements.seen().stream().anyMatch(sql -> sql.contains(piece)));
        }
        streams.forEach(HttpStream::close);
    }

    private static void exerciseEveryEndpoint() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        Person cid = Person.signUp();
        UUID conversation = ann.befriend(bob);
        UUID first = ann.say(conversation, "hello");
        UUID second = ann.say(conversation, "hello again");
        ann.put(conversation, second, "hello again").then().statusCode(200);
        ann.request()
                .header("Version", "\"v1\"")
                .header("Parents", "\"" + first + "\"")
                .body(Map.of("content", "named"))
                .put(messagePath(conversation, UUID.randomUUID()))
                .then()
                .statusCode(200);
        bob.request().patch("/api/messages/" + second + "/read").then().statusCode(200);
        for (Map<String, Object> typing : List.<Map<String, Object>>of(
                Map.of("is_typing", true), Map.of("is_typing", true, "conversation_id", conversation))) {
            ann.request().body(typing).post("/typing").then().statusCode(200);
        }
        for (String path : new String[] {
            "/api/auth/me",
            "/api/usage",
            "/api/contacts",
            "/api/friends/requests",
            "/api/conversations",
            "/api/conversations?kind=direct,group&limit=5",
            "/api/conversations/" + conversation + "/messages",
            "/api/conversations/" + conversation + "/messages?before=" + second,
            logPath(conversation)
        }) {
            bob.request().get(path).then().statusCode(200);
        }
        bob.request()
                .header("Version", "\"v1\"")
                .get(logPath(conversation))
                .then()
                .statusCode(200);
        for (String name : new String[] {ann.username(), ann.email()}) {
            anonymous()
                    .body(Map.of("username", name, "password", ann.password()))
                    .post("/api/auth/login")
                    .then()
                    .statusCode(200);
        }
        String request = cid.ask(ann).then().statusCode(200).extract().path("request_id");
        ann.answer(UUID.fromString(request), false).then().statusCode(200);
        cid.ask(bob).then().statusCode(200);
        cid.request()
                .body(Map.of("password", cid.password()))
                .delete("/api/auth/me")
                .then()
                .statusCode(204);
    }

    /** As many users, conversations, messages and contacts, twice as many participants, as a service that is used has them. */
    private static void fill(Connection connection) throws SQLException {
        SchemaTest.migrate(connection);
        try (Statement statement = connection.createStatement()) {
            for (String sql : """
                    create function id(kind text, n bigint) returns uuid language sql immutable as
                        $f$ select md5(kind || n)::uuid $f$;
                    insert into users (id, username, email, password_hash)
                        select id('u', n), 'user' || n, 'user' || n || '@example.test', repeat('x', 97)
                        from generate_series(1, :rows) n;
                    insert into contacts (id, user_id, contact_user_id)
                        select id('k', n), id('u', n), id('u', n % :rows + 1) from generate_series(1, :rows) n;
                    insert into friend_requests (id, from_user_id, to_user_id, status)
                        select id('r', n), id('u', n), id('u', (n + 6) % :rows + 1),
                               (array['pending', 'accepted', 'rejected'])[n % 3 + 1]
                        from generate_series(1, :rows) n;
                    insert into conversations (id, kind, pair_low, pair_high)
                        select id('c', n), 'direct', least(id('u', n), id('u', n % :rows + 1)),
                               greatest(id('u', n), id('u', n % :rows + 1))
                        from generate_series(1, :rows) n;
                    insert into conversation_participants (conversation_id, user_id)
                        select id('c', n), id('u', (n + side) % :rows + 1)
                        from generate_series(1, :rows) n, generate_series(-1, 0) side;
                    insert into chat_messages (id, conversation_id, seq, sender_id, version, content, created_at)
                        select id('m', n), id('c', (n + 9) / 10), (n - 1) % 10 + 1, id('u', (n + 9) / 10),
                               case when n % 10 = 0 then 'v' || n end, repeat('text ', 20),
                               now() - (:rows - n) * interval '5 minutes'
                        from generate_series(1, :rows) n;
                    insert into usage_tracking (user_id, metric_type, period_start, period_end, count)
                        select id('u', n), 'messages_sent', '2026-01-01', '2026-02-01', 10
                        from generate_series(1, :rows) n;
                    insert into replicas (id, lease_until) select id('p', n), now() from generate_series(1, 3) n;
                    insert into presence (user_id, replica_id)
                        select id('u', n), id('p', n % 3 + 1) from generate_series(1, :rows) n;
                    insert into usage_watermarks (conversation_id, seq)
                        select id('c', n), 9 from generate_series(1, :rows) n;
                    update usage_roll_up set rolled_up_at = now();
                    vacuum analyze
                    """.replace(":rows", Integer.toString(ROWS)).split(";\n", -1)) {
                statement.execute(sql);
            }
        }
    }
}
