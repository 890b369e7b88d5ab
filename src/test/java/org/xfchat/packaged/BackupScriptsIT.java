package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.OwnServer;

/** The scripts of deploy/backup leave nothing half-done and say nothing that is secret, whatever goes wrong. */
class BackupScriptsIT {
    /** With what a URL and a shell could stumble over. */
    private static final String PASSWORD = "p@/ '\"$(x)\\%41\u00e9";

    private static final String ENCODED = "p%40%2F%20%27%22%24%28x%29%5C%2541%C3%A9";

    private static OwnServer server;
    private static String missing;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = OwnServer.start();
        missing = BackupScripts.missing(server);
        server.execute("postgres", "create role keeper superuser login password '" + PASSWORD.replace("'", "''") + "'");
        server.admit(
                "host all postgres all trust",
                "host all keeper all scram-sha-256",
                "host replication keeper all scram-sha-256");
    }

    /** Of each test, because a class that is skipped as a whole is not counted. */
    @BeforeEach
    void skipWithoutTools() {
        assumeTrue(missing.isEmpty(), missing);
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static String url(String database) {
        return server.url(database, "keeper", ENCODED);
    }

    private static String legacyDatabase() {
        String database = server.newDatabase();
        server.execute(database, LegacySchema.STAGE_4.sql());
        return database;
    }

    private Path dump(String database) {
        Path file = folder.resolve(database + ".dump");
        BackupScripts.run(url(database), "dump.sh", file.toString()).checked();
        return file;
    }

    private static BackupScripts.Run restore(String database, Path file, String... options) {
        return BackupScripts.run(
                url(database),
                "restore.sh",
                Stream.concat(Stream.of(options), Stream.of(file.toString())).toArray(String[]::new));
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void aDumpOfAnOldServersDatabaseIsRestoredAsItWas() {
        String database = legacyDatabase();
        // As after an upgrade, with what keeps the old tables from being written.
        server.execute(
                database,
                "insert into messages (id, text, author) values (gen_random_uuid(), 'hello', 'somebody')",
                "create schema legacy",
                "alter table messages set schema legacy",
                "create function legacy.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'",
                "create trigger refuse before insert or update or delete on legacy.messages for each statement"
                        + " execute function legacy.refuse()");
        Path dump = dump(database);
        for (String[] options : new String[][] {{}, {"--jobs", "2"}, {"--no-owner"}}) {
            String fresh = server.newDatabase();
            assertThat(restore(fresh, dump, options).checked().output())
                    .contains("no log epoch, nothing to raise: a database of the old server")
                    .containsPattern("legacy\\.messages +1 rows");
            assertThat(server.contents(fresh)).isEqualTo(server.contents(database));
            String triggers = "select tgname from pg_trigger where not tgisinternal order by 1";
            assertThat(server.ask(fresh, triggers)).contains("refuse").isEqualTo(server.ask(database, triggers));
        }
    }

    @Test
    void aDatabaseThatIsNotEmptyIsNotTouched() {
        String database = legacyDatabase();
        Path dump = dump(database);
        Map<String, String> before = server.contents(database);
        restore(database, dump).refused("the database is not empty (");
        restore(database, dump, "--jobs", "2").refused("the database is not empty (");
        assertThat(server.contents(database)).isEqualTo(before);
        for (String one : List.of(
                "create schema legacy",
                "create view v as select 1",
                "create sequence s",
                "create function f()" + " returns int language sql as 'select 1'")) {
            String almostEmpty = server.newDatabase();
            server.execute(almostEmpty, one);
            restore(almostEmpty, dump).refused("the database is not empty (");
        }
    }

    @Test
    void aDatabaseStaysEmptyWhereTheDumpCannotBeRestored() throws IOException {
        String database = server.newDatabase();
        server.execute(
                database,
                "create table messages as select md5(n::text) from generate_series(1, 20000) n",
                "create role " + database + "_owner",
                "alter table messages owner to " + database + "_owner");
        Path dump = dump(database);
        server.execute(database, "drop table messages", "drop role " + database + "_owner");
        String fresh = server.newDatabase();
        Map<String, String> before = server.contents(fresh);

        restore(fresh, dump).refused("nothing was restored; the database is empty as before");
        byte[] whole = Files.readAllBytes(dump);
        Path half = Files.write(folder.resolve("half"), Arrays.copyOf(whole, whole.length / 2));
        restore(fresh, half, "--no-owner").refused("nothing was restored; the database is empty as before");
        Path other = Files.writeString(folder.resolve("other"), "no dump");
        restore(fresh, other).refused("no dump that this pg_restore reads; nothing was touched");
        assertThat(server.contents(fresh)).isEqualTo(before);

        restore(fresh, dump, "--no-owner").checked();
        assertThat(server.ask(fresh, "select count(*) from messages")).containsExactly("20000");
    }

    @Test
    void whatIsThereIsNotOverwritten() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "precious");
        BackupScripts.run(url("postgres"), "dump.sh", there.toString()).refused("exists: choose another name");
        BackupScripts.run(url("postgres"), "base-backup.sh", there.toString()).refused("exists: choose another name");
        Path wal = Files.writeString(folder.resolve("segment"), "wal");
        Path archive = Files.createDirectory(folder.resolve("archive"));
        String[] arguments = {wal.toString(), "0001", archive.toString()};
        BackupScripts.run("", "archive-wal.sh", arguments).checked();
        BackupScripts.run("", "archive-wal.sh", arguments).checked();
        Files.writeString(wal, "another server's");
        BackupScripts.run("", "archive-wal.sh", arguments).refused("exists with other contents");
        assertThat(archive.resolve("0001")).hasContent("wal");
        assertThat(there).hasContent("precious");
        assertThat(files()).containsExactlyInAnyOrder("there", "segment", "archive");
    }

    @Test
    void nothingIsLeftOfWhatFails() {
        String file = folder.resolve("new").toString();
        String empty = server.newDatabase();
        BackupScripts.run(url(empty), "dump.sh", file).refused("the dump has no table; nothing was written");
        for (String script : List.of("dump.sh", "base-backup.sh")) {
            BackupScripts.run(url("nowhere"), script, file).refused("the database cannot be reached");
            BackupScripts.run(server.url("postgres", "keeper", Refusal.SECRET), script, file)
                    .refused("password authentication failed");
            BackupScripts.run("", script, file).refused("DATABASE_URL is missing");
        }
        assertThat(files()).isEmpty();
    }

    /** Everybody on the machine may read the command line of every process. */
    @Test
    void thePasswordIsOnNoCommandLine() throws SQLException {
        String database = legacyDatabase();
        Path file = folder.resolve("new");
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table users");
            Process script = BackupScripts.start(url(database), "dump.sh", file.toString());
            await("the dump waits for the lock")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !server.ask(
                                    "postgres",
                                    "select pid from pg_stat_activity where datname = '" + database
                                            + "' and application_name = 'xfchat dump.sh' and wait_event_type = 'Lock'")
                            .isEmpty());
            assertThat(Stream.concat(script.toHandle().descendants(), Stream.of(script.toHandle()))
                            .map(process -> process.info().commandLine().orElse("")))
                    .anyMatch(command -> command.contains("pg_dump"))
                    .noneMatch(command -> command.contains(ENCODED) || command.contains(PASSWORD));
            connection.rollback();
            assertThat(BackupScripts.await(script).checked().output()).doesNotContain(ENCODED, PASSWORD);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://keeper:" + Refusal.SECRET + "@127.0.0.1/x",
                "postgresql://127.0.0.1/x?user=keeper&password=" + Refusal.SECRET,
                "postgresql://keeper:" + Refusal.SECRET + "/@127.0.0.1/x",
                "postgresql://keeper:" + Refusal.SECRET + "@@127.0.0.1/x",
                "postgresql://keeper:" + Refusal.SECRET + "%4@127.0.0.1/x"
            })
    void anAddressThatIsWrongIsRefusedUnsaid(String wrong) {
        BackupScripts.Run run = BackupScripts.run(wrong, "raise-epoch.sh");
        assertThat(run.refused("DATABASE_URL").output()).doesNotContain(Refusal.SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dump.sh",
                "restore.sh",
                "raise-epoch.sh",
                "base-backup.sh",
                "archive-wal.sh",
                "restore-to-time.sh"
            })
    void eachExplainsItself(String script) {
        assertThat(BackupScripts.run("", script, "--help").checked().output()).startsWith("usage: " + script);
        assertThat(BackupScripts.run("", script, "a", "b", "c", "d", "e").code())
                .isEqualTo(2);
    }
}
