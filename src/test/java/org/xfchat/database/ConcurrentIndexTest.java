package org.xfchat.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestServer;

/** A migration that creates an index concurrently waits for every transaction of its time: none of ours may wait for it. */
class ConcurrentIndexTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String url = TestServer.newDatabase();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Flyway flyway(String... locations) {
        URI uri = URI.create(url);
        String[] user = uri.getUserInfo().split(":", 2);
        FluentConfiguration configuration = Flyway.configure().locations(locations);
        new Migrations.DirectConnection(new DirectDatabase(new SmallRyeConfigBuilder()
                        .withDefaultValue(
                                "database-url.direct.jdbc",
                                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath())
                        .withDefaultValue("database-url.direct.username", user[0])
                        .withDefaultValue("database-url.direct.password", user[1])
                        .build()))
                .customize(configuration);
        return configuration.load();
    }

    private boolean ask(String question) throws SQLException {
        try (Connection connection = TestServer.connect(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    @Test
    void flywayItselfDoesNotStandInItsWay() throws Exception {
        Future<?> migrated =
                threads.submit(() -> flyway("classpath:db/migration", "filesystem:src/test/resources/db/next")
                        .migrate());
        migrated.get(SOON.toSeconds(), SECONDS);
        assertThat(ask("select indisvalid from pg_index where indexrelid = 'chat_messages_images'::regclass"))
                .isTrue();
    }

    /** By an error, not by a kill: Flyway notes that, and would refuse every later start. */
    @Test
    void whatFailedBeginsAnewWithTheNextStart() throws Exception {
        Migrations migrations = new Migrations(flyway("classpath:db/migration"));
        try (Connection connection = TestServer.connect(url);
                Statement statement = connection.createStatement()) {
            Flyway.configure()
                    .configuration(flyway("classpath:db/migration").getConfiguration())
                    .target(SchemaState.FIRST_MIGRATION)
                    .load()
                    .migrate();
            statement.execute("create table users_email_folded_key (id int)");
            assertThatExceptionOfType(StartUpFailure.class).isThrownBy(() -> start(migrations, connection));
            assertThat(ask("select exists (select from flyway_schema_history where not success)"))
                    .isTrue();
            statement.execute("drop table users_email_folded_key");
            start(migrations, connection);
            assertThat(ask("select indisvalid from pg_index where indexrelid = 'users_email_folded_key'::regclass"))
                    .isTrue();
            assertThat(ShippedMigrations.areApplied(connection)).isTrue();
        }
    }

    private static void start(Migrations migrations, Connection connection) throws SQLException {
        migrations.bringUpToDate(
                new StartUp.Opened(connection, Server.inspect(connection), SchemaState.read(connection)), true);
    }

    @Test
    void aReplicaThatWaitsForTheMigrationDoesNotStandInItsWay() throws Exception {
        try (Connection migrating = TestServer.connect(url);
                Statement lock = migrating.createStatement();
                Connection waiting = TestServer.connect(url)) {
            lock.execute("select pg_advisory_lock(" + Migrations.LOCK + ")");
            Future<?> replica = threads.submit(() -> {
                Migrations migrations = new Migrations(flyway("classpath:db/migration"));
                migrations.lock(waiting);
                migrations.bringUpToDate(
                        new StartUp.Opened(waiting, Server.inspect(waiting), SchemaState.read(waiting)), true);
                return null;
            });
            await().atMost(SOON)
                    .until(() -> ask("select exists (select from pg_locks where locktype = 'advisory' and not granted"
                            + " and database = (select oid from pg_database where datname = current_database()))"));
            Future<?> index = threads.submit(() -> {
                try (Connection connection = TestServer.connect(url);
                        Statement statement = connection.createStatement()) {
                    statement.execute("create table busy (id int)");
                    return statement.execute("create index concurrently busy_id on busy (id)");
                }
            });
            index.get(SOON.toSeconds(), SECONDS);
            assertThat(replica.isDone()).isFalse();
            lock.execute("drop table busy");
            lock.execute("select pg_advisory_unlock(" + Migrations.LOCK + ")");
            replica.get(SOON.toSeconds(), SECONDS);
            assertThat(ask("select to_regclass('chat_messages') is not null")).isTrue();
        }
    }
}
