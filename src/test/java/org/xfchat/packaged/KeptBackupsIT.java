package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.testing.OwnServer;

/** deploy/backup/keep.sh, which jobs run every night and before a migration: old dumps go only after a new one has come. */
class KeptBackupsIT {
    private static OwnServer server;
    private static String missing;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = OwnServer.start();
        missing = BackupScripts.missing(server);
        server.execute("postgres", "create role keeper superuser login password 'x'");
        server.admit("host all postgres all trust", "host all keeper all scram-sha-256");
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

    private BackupScripts.Run keep(String database, String... options) {
        return BackupScripts.run(
                server.url(database, "keeper", "x"),
                "keep.sh",
                Stream.concat(Stream.of(options), Stream.of(folder.toString(), "30"))
                        .toArray(String[]::new));
    }

    private static String filledDatabase() {
        String database = server.newDatabase();
        server.execute(database, "create table messages as select 1 as id");
        return database;
    }

    private void file(String name, int daysOld) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "old");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(daysOld))));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsOlderGoesAfterANewOneHasCome() throws IOException {
        file("xfchat-20200101T000000Z.dump", 32);
        file("xfchat-20200201T000000Z.dump", 29);
        file("xfchat-20200101T000000Z.dump.part.abc", 3);
        file("notes.txt", 99);
        assertThat(keep(filledDatabase()).checked().output()).contains("1 tables", "kept: 2 dumps");
        assertThat(files())
                .hasSize(3)
                .contains("notes.txt", "xfchat-20200201T000000Z.dump")
                .anyMatch(name -> name.matches("xfchat-20(?!200)\\d{6}T\\d{6}Z\\.dump"));
    }

    @Test
    void nothingGoesWhereNoNewOneCame() throws IOException {
        file("xfchat-20200101T000000Z.dump", 99);
        keep("nowhere").refused("the database cannot be reached");
        keep("nowhere", "--unless-empty").refused("the database cannot be reached");
        keep(server.newDatabase()).refused("the dump has no table; nothing was written");
        assertThat(files()).containsExactly("xfchat-20200101T000000Z.dump");
    }

    /** Before the first migration there is nothing to keep. */
    @Test
    void anEmptyDatabaseIsNoFailureWhereThatIsSaid() throws IOException {
        assertThat(keep(server.newDatabase(), "--unless-empty").checked().output())
                .contains("the database has no table: nothing to back up");
        assertThat(files()).isEmpty();
        keep(filledDatabase(), "--unless-empty").checked();
        assertThat(files()).hasSize(1);
    }

    @Test
    void wrongUsageIsSaid() {
        for (String[] arguments : new String[][] {
            {}, {folder.toString()}, {folder.toString(), "0"}, {folder.toString(), "thirty"}, {"--x", "a", "1"}
        }) {
            assertThat(BackupScripts.run("", "keep.sh", arguments).code()).isEqualTo(2);
        }
        assertThat(BackupScripts.run("", "keep.sh", "--help").checked().output())
                .startsWith("usage: keep.sh");
    }
}
