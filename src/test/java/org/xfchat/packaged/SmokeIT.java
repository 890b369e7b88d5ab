package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** deploy/smoke.sh as an operator runs it: well where the service is, and a line that says why where it is not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmokeIT {
    private static final Path SCRIPT = Path.of("deploy", "smoke.sh").toAbsolutePath();
    private static final Duration BACK = Duration.ofSeconds(20);

    /** Of a token, whoever signed it; and the passwords that the script makes. */
    private static final Pattern SECRET = Pattern.compile("eyJ|Bearer|[0-9a-f]{32}");

    private static final String ALIVE = "select count(*) from users where deleted_at is null";

    private OwnServer server;
    private String database;
    private Service service;
    private Service readOnly;

    @BeforeAll
    void start() {
        server = OwnServer.start();
        database = server.migratedDatabase();
        service = Service.serve(Service.settings(server.url(database)));
        readOnly = Service.serve(Service.settings(server.url(server.migratedDatabase()), "READ_ONLY", "true"));
        service.awaitReady();
        readOnly.awaitReady();
    }

    @BeforeEach
    void skipWithoutCurl() {
        assumeTrue(script(Map.of(), "--help").code() == 0, "bash and curl have to be installed");
    }

    @AfterAll
    void end() {
        readOnly.close();
        service.close();
        server.close();
    }

    /** Runs the script, in an environment of nothing else, and waits. */
    private static BackupScripts.Run script(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        try {
            BackupScripts.Run run = BackupScripts.await(builder.start());
            assertThat(run.output()).doesNotContainPattern(SECRET);
            return run;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String address(Service of) {
        return of.uri("/").toString();
    }

    private static List<String> steps(BackupScripts.Run run, String result) {
        return run.output()
                .lines()
                .filter(line -> line.matches(result + " +[0-9]+\\.[0-9]{3} s  .*"))
                .toList();
    }

    @Test
    void findsAllWellAndLeavesNoAccount() {
        BackupScripts.Run run = script(Map.of(), address(service)).checked();
        assertThat(steps(run, "OK")).hasSize(15);
        assertThat(run.output()).containsPattern("[0-9]+ ms after sending as a Braid update, [0-9]+ ms as an event");
        assertThat(server.ask(database, ALIVE)).containsExactly("0");
        assertThat(server.ask(
                        database,
                        "select count(*) from chat_messages m join conversations c on c.id = m.conversation_id"
                                + " where c.kind = 'direct' and m.content like 'smoke %' group by c.id"))
                .containsOnly("1");
    }

    @Test
    void deletesItsAccountsWhereAStepFails() throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // Reading goes on, and no message is written.
            statement.execute("lock table chat_messages in share mode");
            BackupScripts.Run run = script(Map.of("SMOKE_ANSWER_TIMEOUT", "6"), address(service))
                    .refused("s  send a message, twice, and it is stored once; and another one: PUT /sync/");
            assertThat(steps(run, "FAILED")).hasSize(1);
            assertThat(steps(run, "OK")).last().asString().endsWith("delete what was signed up");
        }
        assertThat(server.ask(database, ALIVE)).containsExactly("0");
    }

    @Test
    void noticesThatWhatIsForOperatorsIsPublic() {
        script(Map.of("SMOKE_PUBLIC", "1"), address(service)).refused("/q/health/ready is reachable: it answered 200");
    }

    @Test
    void knowsAReadOnlyServiceFromAnother() {
        assertThat(steps(script(Map.of(), "--read-only", address(readOnly)).checked(), "OK"))
                .hasSize(4);
        script(Map.of(), address(readOnly)).refused("sign up two accounts: answered 503");
        script(Map.of(), "--read-only", address(service)).refused("an account was made: READ_ONLY is not set");
        assertThat(server.ask(database, ALIVE)).containsExactly("0");
    }

    @Test
    void doesNotWaitForEverWhereNobodyAnswers() throws IOException {
        int free;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = unused.getLocalPort();
        }
        script(Map.of("SMOKE_TIMEOUT", "1"), "http://127.0.0.1:" + free).refused("/health no answer (");
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            long began = System.nanoTime();
            script(Map.of("SMOKE_TIMEOUT", "1"), "http://127.0.0.1:" + silent.getLocalPort())
                    .refused("FAILED ")
                    .refused("s  ready: http://127.0.0.1:");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
        }
        script(Map.of("SMOKE_TIMEOUT", "1"), address(service) + "elsewhere").refused("/elsewhere/health answered 404");
    }

    @Test
    void saysThatTheDatabaseIsGone() {
        server.execute(
                "postgres",
                "alter database " + database + " allow_connections false",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
        try {
            await().atMost(BACK).until(() -> new Client(service).get("/health").statusCode() == 503);
            script(Map.of("SMOKE_TIMEOUT", "1"), address(service))
                    .refused("/health answered 503, {\"status\":\"DOWN\"");
        } finally {
            server.execute("postgres", "alter database " + database + " allow_connections true");
        }
        await().atMost(BACK).until(() -> new Client(service).get("/health").statusCode() == 200);
    }

    @Test
    void saysWhatIsWrongWithItsUse() {
        for (String[] arguments :
                new String[][] {{}, {"a", "b"}, {"ftp://a"}, {"http://user:pw@a"}, {"--fast", "http://a"}}) {
            BackupScripts.Run run = script(Map.of(), arguments);
            assertThat(run.code()).as(run.output()).isEqualTo(2);
            assertThat(run.output()).contains("smoke.sh --help").doesNotContain("pw");
        }
    }
}
