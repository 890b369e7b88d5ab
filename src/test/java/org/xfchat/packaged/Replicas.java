package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;
import org.xfchat.testing.TestDatabase;

/** Some processes of the packaged service on one database of a server of their own. */
final class Replicas implements AutoCloseable {
    /** Of {@link Client#PASSWORD}. */
    private static final String HASH = Password.hash(Client.PASSWORD)
            .addRandomSalt(16)
            .with(Argon2Function.getInstance(64, 1, 1, 32, Argon2.ID))
            .getResult();

    private static final Duration DELIVERY = Duration.ofSeconds(60);

    private final OwnServer server;
    private final String database;
    private final Map<String, String> settings;
    private final List<Service> services = new ArrayList<>();

    /**
     * None yet.
     *
     * @param server ends with them
     */
    Replicas(OwnServer server, String database, Map<String, String> settings) {
        this.server = server;
        this.database = database;
        this.settings = settings;
    }

    /** Starts so many with further settings, and waits until they are ready. */
    static Replicas start(int count, Map<String, String> settings) {
        OwnServer server = OwnServer.start();
        Replicas replicas = new Replicas(server, server.migratedDatabase(), settings);
        List<Service> all = IntStream.range(0, count)
                .mapToObj(i -> replicas.launch(Map.of()))
                .toList();
        all.forEach(Service::awaitReady);
        return replicas;
    }

    /** Starts one more. */
    Service add() {
        return launch(Map.of()).awaitReady();
    }

    /** Starts one more with settings of its own, and does not wait. */
    Service launch(Map<String, String> own) {
        Map<String, String> all = new HashMap<>(Service.settings(server.url(database)));
        all.putAll(settings);
        all.putAll(own);
        Service service = Service.serve(all);
        services.add(service);
        return service;
    }

    OwnServer server() {
        return server;
    }

    String database() {
        return database;
    }

    Service get(int replica) {
        return services.get(replica);
    }

    List<Service> all() {
        return List.copyOf(services);
    }

    /** New accounts, as sign-up leaves them but for a hash of little cost, with a token each. */
    List<Client.Account> signUp(int count) {
        return IntStream.range(0, count).mapToObj(i -> signUp()).toList();
    }

    private Client.Account signUp() {
        UUID id = UUID.randomUUID();
        String name = "u" + id.toString().replace("-", "").substring(0, 20);
        server.execute(
                database,
                "insert into users (id, username, email, password_hash) values ('" + id + "', '" + name + "', '" + name
                        + "@example.test', '" + HASH + "')");
        Instant expires = Instant.now().plus(Duration.ofDays(30));
        return new Client.Account(Jwt.signed(TestDatabase.JWT_SECRET, Jwt.claims(id, expires)), id);
    }

    /** A new group conversation of these accounts. */
    UUID conversationOf(Collection<Client.Account> accounts) {
        UUID conversation = UUID.randomUUID();
        server.execute(database, "insert into conversations (id, kind) values ('" + conversation + "', 'group')");
        for (Client.Account account : accounts) {
            server.execute(
                    database,
                    "insert into conversation_participants (conversation_id, user_id) values ('" + conversation + "', '"
                            + account.id() + "')");
        }
        return conversation;
    }

    /** Adds so many messages with one statement, which nobody announces; {@code content} is SQL and may use {@code n}. */
    void fill(UUID conversation, Client.Account sender, int count, String content) {
        server.execute(
                database,
                "begin; select from conversations where id = '" + conversation + "' for no key update;"
                        + " insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " select gen_random_uuid(), '" + conversation + "', h.seq + n, '" + sender.id() + "', "
                        + content
                        + ", now() from generate_series(1, " + count + ") n, (select coalesce(max(seq), 0) seq from"
                        + " chat_messages where conversation_id = '" + conversation + "') h; commit");
    }

    /** A subscription of an account at one of these replicas after the other, from connection to connection. */
    static Subscription subscription(Client.Account account, UUID conversation, Service... replicas) {
        AtomicInteger connections = new AtomicInteger();
        int[] ports = Arrays.stream(replicas).mapToInt(Service::port).toArray();
        IntSupplier next = () -> ports[connections.getAndIncrement() % ports.length];
        return Subscription.to(next, account.token(), conversation);
    }

    /** The ids of what is stored, in the log's order; fails the test when the log has a gap. */
    List<String> stored(UUID conversation) {
        List<String> ids = server.ask(
                database, "select id from chat_messages where conversation_id = '" + conversation + "' order by seq");
        assertThat(server.ask(
                        database, "select max(seq) from chat_messages where conversation_id = '" + conversation + "'"))
                .containsExactly(ids.isEmpty() ? null : String.valueOf(ids.size()));
        return ids;
    }

    private List<String> storedContents(UUID conversation) {
        return server.ask(
                database,
                "select content from chat_messages where conversation_id = '" + conversation + "' order by seq");
    }

    /**
     * Waits until every subscriber has everything that is stored; fails the test unless each one got it exactly once, in the
     * order of the log, with its content. An old client that connected more than once has to have got a part of the log
     * without a gap from each connection, the last one up to the end.
     */
    void checkDelivered(UUID conversation, Collection<? extends Subscriber> subscribers) {
        List<String> stored = stored(conversation);
        List<String> contents = storedContents(conversation);
        assertThat(stored).isNotEmpty();
        for (Subscriber subscriber : subscribers) {
            if (subscriber instanceof OldClient && subscriber.statuses().size() > 1) {
                checkSessions(stored, subscriber);
                continue;
            }
            subscriber.awaitSize(stored.size(), DELIVERY);
            assertThat(subscriber.ids()).as("%s", subscriber).isEqualTo(stored);
            assertThat(subscriber.messages().stream()
                            .map(message -> message.path("content").asText())
                            .toList())
                    .as("contents at %s", subscriber)
                    .isEqualTo(contents);
        }
        checkHealthy(subscribers);
    }

    private static void checkSessions(List<String> stored, Subscriber subscriber) {
        String last = stored.get(stored.size() - 1);
        org.awaitility.Awaitility.await("the newest message at " + subscriber)
                .atMost(DELIVERY)
                .until(() -> subscriber.ids().contains(last));
        for (List<String> session : subscriber.sessions()) {
            if (!session.isEmpty()) {
                int from = stored.indexOf(session.get(0));
                assertThat(from).isNotNegative();
                assertThat(session)
                        .as("%s", subscriber)
                        .isEqualTo(stored.subList(from, Math.min(stored.size(), from + session.size())));
            }
        }
    }

    /** Fails the test when a stream ended as if it were complete, had something wrong, or was told to begin anew. */
    static void checkHealthy(Collection<? extends Subscriber> subscribers) {
        for (Subscriber subscriber : subscribers) {
            subscriber.check();
            List<Integer> statuses = subscriber.statuses();
            List<End> ends = subscriber.ends();
            for (int i = 0; i < ends.size(); i++) {
                if (statuses.get(i) / 100 == 2) {
                    assertThat(ends.get(i)).as("%s", subscriber).isIn(End.ABORTED, End.CUT);
                }
            }
            if (subscriber instanceof SseSubscriber events) {
                assertThat(events.resets()).as("%s", subscriber).isZero();
            }
            if (subscriber instanceof OldClient client) {
                assertThat(client.discarded()).as("%s", subscriber).isZero();
                assertThat(client.brokenPieces()).as("%s", subscriber).isZero();
            }
        }
    }

    /** Ends everything; fails the test when a process logged an error. */
    @Override
    public void close() {
        services.forEach(Service::close);
        server.close();
        assertThat(services.stream().flatMap(service -> service.lines().stream()))
                .filteredOn(line -> line.contains(" ERROR "))
                .isEmpty();
    }
}
