package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Service;
import org.xfchat.testing.TestServer;

/** What an operator sees from outside: log, traces, what runs, and what is slow. */
class ObservabilityIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SLOW = "org.hibernate.SQL_SLOW";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATABASE = TestServer.newDatabase();

    private static Collector collector;
    private static Service service;
    private static Client client;

    @BeforeAll
    static void start() {
        collector = new Collector();
        Map<String, String> settings = Service.settings(DATABASE, "XFCHAT_DATABASE_ALLOW_UNSAFE_SERVER", "true");
        settings.put("LOG_FORMAT", "json");
        settings.put("LOG_SQL", "true");
        settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
        settings.put("QUARKUS_LOG_CATEGORY__ORG_XFCHAT__LEVEL", "debug");
        // The driver logs with java.util.logging, whose levels have other names.
        settings.put("QUARKUS_LOG_CATEGORY__ORG_POSTGRESQL__LEVEL", "debug");
        settings.put("QUARKUS_HIBERNATE_ORM_LOG_QUERIES_SLOWER_THAN_MS", "1");
        service = Service.serve(settings).awaitReady();
        client = new Client(service);
    }

    @AfterAll
    static void stop() {
        service.close();
        collector.close();
    }

    private static List<JsonNode> log() {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : service.lines()) {
            try {
                lines.add(JSON.readTree(line));
            } catch (java.io.IOException notJson) {
                throw new AssertionError("not an object: " + line, notJson);
            }
        }
        return lines;
    }

    private static JsonNode logged(String logger, String text) {
        return await().atMost(LIMIT)
                .until(
                        () -> log().stream()
                                .filter(line -> line.path("loggerName").asText().equals(logger)
                                        && line.path("message").asText().contains(text))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void everyLineOfTheLogIsAnObject() {
        assertThat(log()).allSatisfy(line -> {
            assertThat(line.path("timestamp").asText()).endsWith("Z");
            assertThat(line.path("level").asText()).isIn("FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");
            assertThat(line.path("message").asText()).isNotEmpty();
        });
        logged("org.xfchat.Lifecycle", "[STARTUP] ready");
        assertThat(log())
                .filteredOn(line -> line.path("loggerName").asText().startsWith("org.postgresql."))
                .extracting(line -> line.path("level").asText())
                .isNotEmpty()
                .containsOnly("DEBUG");
    }

    /** On one line, without colours, and without values. */
    @Test
    void statementsAreLinesOfTheLogToo() {
        client.signUp();
        assertThat(logged("org.hibernate.SQL", "insert into users")
                        .path("message")
                        .asText())
                .matches("[\\x20-\\x7e]+")
                .doesNotContain("@example.test");
    }

    /** What docs/metrics.md says of the framework's, of the JVM and of the binary. */
    @Test
    void theFrameworksMetricsAreThere() {
        assertThat(client.get("/q/metrics").body())
                .contains(
                        "jvm_info",
                        "jvm_memory_used_bytes{area=\"heap\"",
                        "jvm_threads_live_threads",
                        "process_cpu_usage",
                        "process_uptime_seconds",
                        "system_cpu_count",
                        "netty_",
                        "worker_");
    }

    @Test
    void aRequestsLinesHaveItsIdAndItsTraceAndTheTraceIsSent() {
        client.send(HttpRequest.newBuilder(service.uri("/api/contacts"))
                .header("X-Request-Id", "from-the-proxy")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .GET());
        JsonNode line = logged("org.xfchat.error.ProblemMapper", "unauthenticated");
        assertThat(line.path("mdc").path("request_id").asText()).isEqualTo("from-the-proxy");
        assertThat(line.path("mdc").path("traceId").asText()).isEqualTo(TRACE);
        await().atMost(LIMIT).until(() -> collector.has(TRACE, "xfchat"));
    }

    @Test
    void slowStatementsAreLoggedAndCountedAndNoValueIsInThemNorInTheTraces() throws Exception {
        Client.Account account = client.signUp();
        CompletableFuture<?> blocked;
        try (Connection other = TestServer.connect(DATABASE);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table contacts in access exclusive mode");
            blocked = CompletableFuture.runAsync(() -> client.send(HttpRequest.newBuilder(service.uri("/api/contacts"))
                    .header("Authorization", "Bearer " + account.token())
                    .GET()));
            await().atMost(LIMIT).until(() -> waiting(statement));
            other.rollback();
        }
        blocked.get(LIMIT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        assertThat(logged(SLOW, "from contacts").path("mdc").path("request_id").asText())
                .isNotEmpty();
        assertThat(log())
                .filteredOn(line -> line.path("loggerName").asText().equals(SLOW))
                .noneMatch(line -> line.path("message").asText().contains("@example.test"));
        assertThat(client.get("/q/metrics").body()).containsPattern("xfchat_database_slow_statements_total [1-9]");
        await().atMost(LIMIT).until(() -> collector.says("insert into users"));
        assertThat(collector.says("@example.test")).isFalse();
    }

    private static boolean waiting(Statement statement) throws java.sql.SQLException {
        try (java.sql.ResultSet row =
                statement.executeQuery("select exists (select from pg_locks where not granted)")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    @Test
    void infoSaysVersionAndCommit() throws Exception {
        JsonNode info = JSON.readTree(client.get("/q/info").body());
        assertThat(info.path("build").path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(info.path("git").path("commit").path("id").asText()).matches("[0-9a-f]{40}");
    }
}
