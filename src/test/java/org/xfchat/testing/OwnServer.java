package org.xfchat.testing;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** A PostgreSQL server of a test's own, which it may stop, freeze and misconfigure; as durable as a real one by default. */
public final class OwnServer implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> configuration;
    private EmbeddedPostgres server;

    private OwnServer(Path folder, Map<String, String> configuration, int port) {
        this.folder = folder;
        this.configuration = configuration;
        this.server = launch(port);
    }

    /** Starts a server that loses nothing. */
    public static OwnServer start() {
        return start(Map.of());
    }

    /** Starts one with these settings on its command line, which {@code alter system} cannot override. */
    public static OwnServer start(Map<String, String> configuration) {
        try {
            return on(Files.createTempDirectory("xfchat-own-server"), configuration);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts one in a folder of which it is the owner from now on; its data, if there are any, are in {@code data} there. */
    public static OwnServer on(Path folder, Map<String, String> configuration) {
        return on(folder, configuration, 0);
    }

    /** The same at this port; 0 for any. */
    public static OwnServer on(Path folder, Map<String, String> configuration, int port) {
        return new OwnServer(folder, configuration, port);
    }

    private EmbeddedPostgres launch(int port) {
        if (!Files.exists(folder.resolve("data"))) {
            PreparedServer.copyTo(folder.resolve("data"));
        }
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("max_connections", "100")
                // The library's own command line turns both off.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on");
        configuration.forEach(builder::setServerConfig);
        if (port != 0) {
            builder.setPort(port);
        }
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new IllegalStateException("PostgreSQL did not start", failed);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** A superuser's URL of a database. */
    public String url(String database) {
        return url(database, "postgres", "postgres");
    }

    /** A user's URL of a database, whether or not either exists. */
    public String url(String database, String user, String password) {
        return "postgresql://" + user + ":" + password + "@127.0.0.1:" + port() + "/" + database;
    }

    /** Creates an empty database; its name. */
    public String newDatabase() {
        return newDatabase("encoding 'UTF8' template template0");
    }

    /** Creates a database with these options of {@code create database}; its name. */
    public String newDatabase(String options) {
        String name = "xfchat_" + UUID.randomUUID().toString().replace("-", "");
        execute("postgres", "create database " + name + " " + options);
        return name;
    }

    /** Creates a database with the schema that the service's migrations make; its name. */
    public String migratedDatabase() {
        return newDatabase("template " + PreparedServer.MIGRATED);
    }

    /** The same as far as this version. */
    public String migratedDatabase(String version) {
        String name = newDatabase();
        ShippedSchema.migrate(port(), name, version);
        return name;
    }

    /** A superuser's connection. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?connectTimeout=5&socketTimeout=30",
                "postgres",
                "postgres");
    }

    /** Runs statements as a superuser, each by itself. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The first column of a query's rows, as text. */
    public List<String> ask(String database, String query) {
        try (Connection connection = connect(database)) {
            return ask(connection, query);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static List<String> ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> answers = new ArrayList<>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        }
    }

    /** Everything that people put into a database: its tables, views, sequences and functions, with their contents. */
    public Map<String, String> contents(String database) {
        Map<String, String> contents = new TreeMap<>();
        try (Connection connection = connect(database)) {
            for (String name : ask(connection, """
                    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relkind in ('r', 'v', 'S')
                    """)) {
                String columns = "select attname from pg_attribute where attrelid = '" + name + "'::regclass";
                contents.put(
                        name,
                        ask(connection, columns)
                                + " "
                                + ask(connection, "select t::text from " + name + " t order by 1"));
            }
            contents.put(
                    "schemas",
                    ask(connection, "select nspname from pg_namespace order by 1")
                            .toString());
            contents.put(
                    "functions",
                    ask(
                                    connection,
                                    "select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1")
                            .toString());
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return contents;
    }

    /** Replaces the rules of who may connect how (pg_hba.conf). */
    public void admit(String... rules) {
        try {
            Files.write(folder.resolve("data").resolve("pg_hba.conf"), List.of(rules));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        execute("postgres", "select pg_reload_conf()");
    }

    /** Stops it in order, as a restart does: clients are disconnected. */
    public void stop() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts it again after {@link #stop}, on the same port with the same data. */
    public void startAgain() {
        server = launch(server.getPort());
    }

    /** Stops every one of its processes where it is: connections stay open and nobody answers. */
    public void freeze() {
        ProcessSignal.STOP.send(processes());
    }

    /** Undoes {@link #freeze}. */
    public void thaw() {
        ProcessSignal.CONT.send(processes());
    }

    /** Ends every one of its processes where it is, as a power cut does; {@link #startAgain} recovers. */
    public void kill() {
        List<ProcessHandle> processes = processes();
        ProcessSignal.KILL.send(processes);
        awaitEnd(processes);
        stop();
    }

    private static void awaitEnd(List<ProcessHandle> processes) {
        await("PostgreSQL is gone")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Whether its first process is there. */
    public boolean isRunning() {
        return Files.exists(pidFile())
                && postmaster().filter(ProcessHandle::isAlive).isPresent();
    }

    /** Its first process. */
    public long pid() {
        return postmaster().orElseThrow().pid();
    }

    private Path pidFile() {
        return folder.resolve("data").resolve("postmaster.pid");
    }

    private Optional<ProcessHandle> postmaster() {
        try {
            return ProcessHandle.of(
                    Long.parseLong(Files.readAllLines(pidFile()).get(0).strip()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The parent first, so that it makes no child meanwhile. */
    private List<ProcessHandle> processes() {
        ProcessHandle parent = postmaster().orElseThrow();
        return Stream.concat(Stream.of(parent), parent.descendants()).toList();
    }

    /** Stops it for good and removes its data, some of which its last processes may be removing themselves. */
    @Override
    public void close() {
        if (isRunning()) {
            // At once, whatever it has not written yet: that is removed as well.
            List<ProcessHandle> first = List.of(postmaster().orElseThrow());
            ProcessSignal.CONT.send(processes());
            ProcessSignal.QUIT.send(first);
            awaitEnd(first);
        }
        Logger complaints = Logger.getLogger(EmbeddedPostgres.class.getName());
        Level level = complaints.getLevel();
        // That there is nothing to be stopped.
        complaints.setLevel(Level.OFF);
        stop();
        complaints.setLevel(level);
        PreparedServer.remove(folder);
    }
}
