package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.xfchat.faults.History.Entry;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.TestDatabase;

/** Some replicas of the packaged service on one PostgreSQL of their own. */
final class Cluster implements AutoCloseable {
    private static final int DISK_MEGABYTES = 640;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Little WAL, so that a disk that is full is noticed. */
    private static final Map<String, String> CONFIGURATION =
            Map.of("max_wal_size", "96MB", "min_wal_size", "32MB", "checkpoint_timeout", "30s");

    /** Somebody who takes part. */
    record Account(UUID id, String token) {}

    private final Disk disk = Disk.of(DISK_MEGABYTES);
    private final OwnServer server = OwnServer.on(disk.folder(), CONFIGURATION, Replica.freePort());
    private final List<Replica> replicas;
    private String database = server.migratedDatabase();

    private Cluster(int count) {
        replicas = IntStream.range(0, count)
                .mapToObj(i -> new Replica(i, server.port()))
                .toList();
    }

    static Cluster start(int count) {
        Cluster cluster = new Cluster(count);
        cluster.startAll();
        return cluster;
    }

    private void startAll() {
        replicas.forEach(replica -> replica.launch(database));
        replicas.forEach(replica -> replica.service().awaitReady());
    }

    Disk disk() {
        return disk;
    }

    OwnServer server() {
        return server;
    }

    String database() {
        return database;
    }

    List<Replica> replicas() {
        return replicas;
    }

    Replica any(Random random) {
        return replicas.get(random.nextInt(replicas.size()));
    }

    /** Stops every replica and lets all of them begin anew on another database of the same server. */
    void moveTo(String other) {
        replicas.forEach(replica -> replica.service().stop());
        database = other;
        startAll();
    }

    /** Waits until PostgreSQL answers, and starts it where it has given up. */
    void awaitServer() {
        await("PostgreSQL answers").atMost(LIMIT).until(() -> {
            if (!server.isRunning()) {
                server.stop();
                server.startAgain();
            }
            try (Connection connection = server.connect("postgres")) {
                return connection.isValid(5);
            } catch (SQLException notYet) {
                return false;
            }
        });
    }

    /** A new account, which has never logged in. */
    Account account() {
        UUID id = UUID.randomUUID();
        server.execute(
                database,
                "insert into users (id, username, email, password_hash) values ('" + id + "', 'u"
                        + id.toString().substring(0, 18).replace("-", "") + "', '" + id + "@example.test', 'none')");
        String claims = Jwt.claims(id, Instant.now().plus(Duration.ofDays(1)));
        return new Account(id, Jwt.signed(TestDatabase.JWT_SECRET, claims));
    }

    /** A new group conversation. */
    UUID conversationOf(List<Account> accounts) {
        UUID conversation = UUID.randomUUID();
        server.execute(database, "insert into conversations (id, kind) values ('" + conversation + "', 'group')");
        accounts.forEach(account -> server.execute(
                database,
                "insert into conversation_participants (conversation_id, user_id) values ('" + conversation + "', '"
                        + account.id() + "')"));
        return conversation;
    }

    /** What is stored in these conversations of the present database. */
    Map<String, List<Entry>> log(List<UUID> conversations) {
        Map<String, List<Entry>> log = new HashMap<>();
        for (UUID conversation : conversations) {
            List<Entry> entries = new ArrayList<>();
            server.ask(
                            database,
                            "select seq || E'\\t' || id || E'\\t' || coalesce(version, id::text) || E'\\t' || content"
                                    + " from chat_messages where conversation_id = '" + conversation + "' order by seq")
                    .forEach(row -> entries.add(entry(row)));
            log.put(conversation.toString(), entries);
        }
        return log;
    }

    private static Entry entry(String row) {
        String[] column = row.split("\t", 4);
        return new Entry(Long.parseLong(column[0]), column[1], column[2], column[3]);
    }

    /** How many connections the networks between them have cut so far. */
    int cuts() {
        return replicas.stream()
                .mapToInt(replica ->
                        replica.clients().faults() + replica.database().faults())
                .sum();
    }

    /** Whether there is no space left for one more table. */
    boolean isFull() {
        try {
            server.execute(
                    database,
                    "create table more as select repeat('x', 1000) from generate_series(1, 1000)",
                    "drop table more");
            return false;
        } catch (IllegalStateException refused) {
            return true;
        }
    }

    /** What an event of this position has for an id in the present database (contract 2.4, docs/backup.md). */
    String eventId(long seq) {
        String epoch = server.ask(database, "select epoch from log_epoch").get(0);
        return epoch.equals("0") ? String.valueOf(seq) : seq + "-" + epoch;
    }

    /** Makes room for the next round. */
    void forget(Scene scene) {
        for (UUID conversation : scene.conversations()) {
            server.execute(database, "delete from chat_messages where conversation_id = '" + conversation + "'");
        }
        server.execute(database, "vacuum chat_messages");
    }

    /** What is wrong in the logs of the replicas since the last call. */
    List<String> newErrors() {
        return replicas.stream()
                .flatMap(replica -> replica.newErrors().stream())
                .toList();
    }

    void writeLogs(Path folder) throws IOException {
        for (Replica replica : replicas) {
            replica.writeLog(folder);
        }
    }

    /** Runs a command of the service on the present database and waits; how it ended. */
    int run(String command) {
        try (Service process = Service.start(Service.settings(server.url(database)), command)) {
            return process.awaitExit();
        }
    }

    @Override
    public void close() {
        replicas.forEach(Replica::close);
        server.close();
        disk.close();
    }
}
