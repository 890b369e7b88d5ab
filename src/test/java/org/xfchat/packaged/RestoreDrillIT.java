package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;

/** A database is lost and comes back from a backup (docs/backup.md): what a drill does, and what clients see afterwards. */
class RestoreDrillIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static OwnServer server;
    private static String missing;
    private static String database;
    private static Service service;

    @TempDir
    static Path backups;

    private Client.Account account;
    private UUID conversation;
    private Writers writers;

    @BeforeAll
    static void start() throws IOException {
        server = OwnServer.start(Map.of("archive_mode", "on"));
        missing = BackupScripts.missing(server);
        Path archive = Files.createDirectory(backups.resolve("wal"));
        server.execute(
                "postgres",
                "create role backup login replication",
                "alter system set archive_command = '\"" + BackupScripts.path("archive-wal.sh") + "\" %p %f \""
                        + archive + "\"'",
                "select pg_reload_conf()");
        database = server.migratedDatabase();
        service = Service.serve(Service.settings(server.url(database))).awaitReady();
    }

    @AfterAll
    static void end() {
        if (service != null) {
            service.close();
        }
        server.close();
    }

    @BeforeEach
    void write() {
        // Of each test, because a class that is skipped as a whole is not counted.
        assumeTrue(missing.isEmpty(), missing);
        account = new Client(service).signUp();
        conversation = Client.conversationOf(server, database, account);
        writers = Writers.steady(List.of(service), List.of(account), conversation);
        writers.awaitMore(30, SOON);
    }

    @AfterEach
    void rest() {
        if (writers != null) {
            writers.close();
        }
    }

    private List<String> stored(OwnServer at, String name) {
        return at.ask(name, "select id from chat_messages where conversation_id = '" + conversation + "' order by seq");
    }

    private SseSubscriber follow(Service at, String lastEventId) {
        return SseSubscriber.open(Replicas.subscription(account, conversation, at), lastEventId);
    }

    /** Lets the writers go on for a while and ends them; the whole log, of which a follower has seen the end. */
    private List<String> goOnAndStop() {
        try (SseSubscriber follower = follow(service, "0")) {
            writers.awaitMore(30, SOON);
            writers.stopAndCheck();
            List<String> all = stored(server, database);
            follower.awaitSize(all.size(), SOON);
            assertThat(follower.lastEventId()).isEqualTo(String.valueOf(all.size()));
            return all;
        }
    }

    /** Fails the test unless everything up to some moment is there, what was acknowledged before the backup included. */
    private static void checkKept(List<String> kept, Set<String> acknowledgedBefore, List<String> all) {
        assertThat(kept).containsAll(acknowledgedBefore).isEqualTo(all.subList(0, kept.size()));
        assertThat(kept).hasSizeLessThan(all.size());
    }

    /** What clients see that come back with what they knew of the time that is lost. */
    private void checkClients(Service restored, List<String> kept, List<String> all) {
        UUID next = UUID.randomUUID();
        assertThat(new Client(restored).put(account, conversation, next).statusCode())
                .isEqualTo(200);
        // Both ids exist after the restore too: as other messages than the client had, or with nothing that says so.
        for (String known : List.of(String.valueOf(all.size()), String.valueOf(kept.size()))) {
            try (SseSubscriber returned = follow(restored, known)) {
                returned.awaitSize(Math.min(50, kept.size() + 1), SOON);
                assertThat(returned.resets()).isEqualTo(1);
                assertThat(returned.ids()).endsWith(kept.get(kept.size() - 1), next.toString());
                assertThat(returned.lastEventId()).isEqualTo((kept.size() + 1) + "-1");
            }
        }
        try (SseSubscriber anew = follow(restored, "0-1")) {
            anew.awaitSize(kept.size() + 1, SOON);
            assertThat(anew.resets()).isZero();
            assertThat(anew.ids().subList(0, kept.size())).isEqualTo(kept);
        }
        assertThat(resume(restored, all.get(all.size() - 1))).isEqualTo(410);
        assertThat(resume(restored, kept.get(kept.size() - 1))).isEqualTo(209);
    }

    private int resume(Service at, String version) {
        HttpStream.Request request = HttpStream.Request.get(
                Person.logPath(conversation),
                Map.of(
                        "Authorization", "Bearer " + account.token(),
                        "Subscribe", "true",
                        "Parents", "\"" + version + "\""));
        try (HttpStream stream = HttpStream.open(at.port(), request)) {
            return stream.status();
        }
    }

    @Test
    void fromADump() {
        Path dump = backups.resolve("xfchat.dump");
        try (SseSubscriber online = follow(service, "")) {
            online.awaitConnected(SOON);
            await().atMost(SOON)
                    .until(() -> !server.ask(
                                    database, "select user_id from presence where user_id = '" + account.id() + "'")
                            .isEmpty());
            Set<String> before = writers.acknowledged();
            assertThat(BackupScripts.run(server.url(database), "dump.sh", dump.toString())
                            .checked()
                            .output())
                    .contains("database " + database, dump.toString());
            List<String> all = goOnAndStop();

            String fresh = server.newDatabase();
            assertThat(BackupScripts.run(server.url(fresh), "restore.sh", dump.toString())
                            .checked()
                            .output())
                    .contains("log epoch raised from 0 to 1");
            assertThat(server.ask(fresh, "select epoch from log_epoch")).containsExactly("1");
            assertThat(server.ask(fresh, "select user_id from presence union all select id from replicas"))
                    .isEmpty();
            List<String> kept = stored(server, fresh);
            checkKept(kept, before, all);
            try (Service restored =
                    Service.serve(Service.settings(server.url(fresh))).awaitReady()) {
                checkClients(restored, kept, all);
            }
        }
    }

    @Test
    void toAMomentFromABaseBackupAndTheArchive() throws IOException {
        Path backup = backups.resolve("base");
        assertThat(BackupScripts.run(server.url("postgres", "backup", "none"), "base-backup.sh", backup.toString())
                        .checked()
                        .output())
                .contains("goes from it to any moment after");
        writers.awaitMore(30, SOON);
        Set<String> before = writers.acknowledged();
        String moment =
                server.ask(database, "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
                                .get(0)
                        + "Z";
        List<String> all = goOnAndStop();
        awaitArchived();

        Path folder = backups.resolve("recovered");
        folder.toFile().mkdir();
        BackupScripts.run(
                        "",
                        "restore-to-time.sh",
                        backup.toString(),
                        backups.resolve("wal").toString(),
                        folder.resolve("data").toString(),
                        moment)
                .checked();
        try (OwnServer recovered = OwnServer.on(folder, Map.of())) {
            String url = recovered.url(database);
            await("the moment is reached")
                    .atMost(SOON)
                    .until(() -> recovered
                            .ask(database, "select pg_get_wal_replay_pause_state()")
                            .contains("paused"));
            List<String> kept = stored(recovered, database);
            checkKept(kept, before, all);
            BackupScripts.run(url, "raise-epoch.sh").refused("promote it first");
            recovered.execute(database, "select pg_wal_replay_resume()");
            await("writable")
                    .atMost(SOON)
                    .until(() -> recovered
                            .ask(database, "select pg_is_in_recovery()")
                            .contains("f"));
            assertThat(BackupScripts.run(url, "raise-epoch.sh").checked().output())
                    .contains("log epoch raised from 0 to 1");
            try (Service restored = Service.serve(Service.settings(url)).awaitReady()) {
                checkClients(restored, kept, all);
            }
        }
        checkDamageIsNoticed(
                backup,
                backup.toString(),
                backups.resolve("wal").toString(),
                backup.resolveSibling("again").toString(),
                "latest");
    }

    private static void checkDamageIsNoticed(Path backup, String... arguments) throws IOException {
        Files.writeString(backup.resolve("PG_VERSION"), " ", StandardOpenOption.APPEND);
        BackupScripts.run("", "restore-to-time.sh", arguments).refused("the backup is damaged; nothing was written");
        assertThat(backup.resolveSibling("again")).doesNotExist();
    }

    private void awaitArchived() {
        String segment =
                server.ask(database, "select pg_walfile_name(pg_switch_wal())").get(0);
        await(segment + " is archived")
                .atMost(SOON)
                .until(() -> Files.exists(backups.resolve("wal").resolve(segment)));
    }
}
