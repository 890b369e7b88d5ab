package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.database.Migrations;
import org.xfchat.database.StartUp;
import org.xfchat.testing.Extent;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.Snapshot;
import org.xfchat.testing.legacy.LegacyWorld;
import org.xfchat.upgrade.OldDatabase;

/** An upgrade that is killed, doubled or disturbed leaves the old database or the new one, and nothing between. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeCrashIT {
    private static final int MESSAGES = Extent.of(6_000, 30_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private OwnServer server;
    private String original;
    private Map<String, String> before;

    @BeforeAll
    void start() throws SQLException {
        server = OwnServer.start();
        original = server.newDatabase();
        try (Connection connection = server.connect(original)) {
            LegacyWorld.large(connection, MESSAGES);
            before = Snapshot.of(connection);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String copy() {
        return server.newDatabase("template " + original);
    }

    private static void awaitLine(Service service, String text) {
        await(text)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> service.says(text) || !service.isAlive());
    }

    /** Until the server has noticed, which is what rolls back. */
    private void awaitNobody(String database) {
        await("no session")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> server.ask(
                                "postgres",
                                "select pid from pg_stat_activity where datname = '" + database
                                        + "' and backend_type = 'client backend'")
                        .isEmpty());
    }

    private void kill(Consumer<Service> when) throws SQLException {
        String database = copy();
        String url = server.url(database);
        try (Service migrate = Service.start(Service.settings(url), "migrate")) {
            when.accept(migrate);
            migrate.kill();
        }
        awaitNobody(database);
        boolean isNew = !server.ask(database, "select 1 from pg_namespace where nspname = 'legacy'")
                .isEmpty();
        if (!isNew) {
            try (Connection connection = server.connect(database)) {
                assertThat(Snapshot.differences(before, Snapshot.of(connection)))
                        .as("seed %d", seed)
                        .isEmpty();
            }
            OldDatabase.convert(url);
        }
        assertThat(OldDatabase.violatedInvariants(url)).as("seed %d", seed).isEmpty();
        assertThat(server.ask(database, "select count(*) from chat_messages"))
                .containsExactly(String.valueOf(MESSAGES + MESSAGES / 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"building the schema", "messages, into the room"})
    void killedAfterAStep(String step) throws SQLException {
        kill(migrate -> awaitLine(migrate, step));
    }

    @RepeatedTest(2)
    @Tag("nightly")
    void killedAtSomeMoment() throws SQLException {
        Duration delay = Duration.ofMillis(random.nextInt(1500));
        System.out.println("killed after " + delay + ", seed " + seed);
        kill(migrate -> {
            awaitLine(migrate, "this is a database of the old XFChat");
            await().pollDelay(delay).pollInterval(Duration.ofMillis(1)).until(() -> true);
        });
    }

    /** Holds what a process holds that works on the whole database. */
    private Connection lockAsAnother(String database) throws SQLException {
        Connection connection = server.connect(database);
        connection.setClientInfo("ApplicationName", StartUp.APPLICATION);
        execute(connection, "select pg_advisory_lock(" + Migrations.LOCK + ")");
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void awaitWaiting(String database, int processes) {
        await(processes + " waiting")
                .atMost(PATIENCE)
                .until(() -> server.ask(
                                        database,
                                        "select pid from pg_locks where locktype = 'advisory' and not granted"
                                                + " and database = (select oid from pg_database where datname = current_database())")
                                .size()
                        == processes);
    }

    @Test
    void twoAtOnceAreOne() throws SQLException {
        String database = copy();
        Map<String, String> settings = Service.settings(server.url(database));
        // Whoever is first finds the other waiting: both wait, until the one that is here goes.
        try (Connection first = lockAsAnother(database);
                Service one = Service.start(settings, "migrate");
                Service other = Service.start(settings, "migrate")) {
            awaitWaiting(database, 2);
            execute(first, "select pg_advisory_unlock(" + Migrations.LOCK + ")");
            assertThat(one.awaitExit()).as("%s", one.lines()).isZero();
            assertThat(other.awaitExit()).as("%s", other.lines()).isZero();
            assertThat(List.of(one, other))
                    .filteredOn(migrate -> migrate.says("done: start the new server"))
                    .hasSize(1);
            assertThat(List.of(one, other))
                    .filteredOn(migrate -> migrate.says("this is a database of the old XFChat"))
                    .hasSize(1);
        }
        assertThat(OldDatabase.violatedInvariants(server.url(database))).isEmpty();
    }

    @Test
    void besideAnotherApplicationOnlyWhenForced() throws SQLException {
        String database = copy();
        Map<String, String> settings = Service.settings(server.url(database));
        try (Connection application = server.connect(database)) {
            application.setClientInfo("ApplicationName", "the old server");
            try (Service migrate = Service.start(settings, "migrate")) {
                assertThat(migrate.awaitExit()).as("%s", migrate.lines()).isEqualTo(1);
                assertThat(migrate.lines())
                        .anyMatch(line ->
                                line.contains("[STARTUP] failed: the database is in use by 1 other session(s): the"
                                        + " old server (user postgres"));
            }
            assertThat(Snapshot.differences(before, Snapshot.of(application))).isEmpty();
            try (Service forced = Service.start(settings, "migrate", "--force")) {
                assertThat(forced.awaitExit()).as("%s", forced.lines()).isZero();
            }
        }
        assertThat(OldDatabase.violatedInvariants(server.url(database))).isEmpty();
    }
}
