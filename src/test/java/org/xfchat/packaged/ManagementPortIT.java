package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.ManagementAddress;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** What operators read is on a port of its own, and nowhere else. */
class ManagementPortIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static OwnServer server;
    private static String database;
    private static Service service;

    @BeforeAll
    static void start() {
        server = OwnServer.start();
        database = server.migratedDatabase();
        service = Service.serve(Service.settings(server.url(database))).awaitReady();
    }

    @AfterAll
    static void end() {
        service.close();
        server.close();
    }

    private static String raw(String address) {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("GET " + address + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(connection.awaitEnd(LIMIT)).isTrue();
            return connection.text();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/metrics",
                "/q/info",
                "/q",
                "/q/",
                "/./q/info",
                "/%71/info",
                "/%71%2finfo",
                "/q%2Finfo",
                "/q/%69nfo",
                "//q/info",
                "/q//info",
                "/api/../q/metrics",
                "/api/%2e%2e/q/metrics",
                "/api/%2E./q/info",
                "/q/health/../info",
                "/q/openapi/../metrics",
                "/health/../q/metrics",
                "/q/info/",
                "/q/info;x=y",
                "/q;x=y/info",
                "/Q/info",
                "http://localhost/q/info",
                "http://localhost/./q/metrics",
                "/q/swagger-ui",
                "/q/dev-ui",
                "/q/health/group/x",
                "/q/health-ui",
                "/q/openapi-generated"
            })
    void noAddressOfTheServicesOwnPortLeadsThere(String address) {
        assertThat(raw(address)).matches("(?s)HTTP/1\\.1 40[04] .*").doesNotContain("jvm_", "\"commit\"", "<html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/health", "/api/health"})
    void healthIsOnBothPorts(String path) {
        Client client = new Client(service);
        assertThat(client.get(path)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains(path.startsWith("/q/") ? "\"status\": \"UP\"" : "\"status\":\"UP\"");
        });
        assertThat(client.send(HttpRequest.newBuilder(ManagementAddress.uri(service, path))
                        .GET()))
                .satisfies(answer -> {
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body()).containsPattern("\"status\": *\"UP\"");
                });
    }

    @Test
    void theApiIsNotOnTheManagementPort() {
        assertThat(new Client(service)
                        .send(HttpRequest.newBuilder(ManagementAddress.uri(service, "/api/contacts"))
                                .GET())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aPortThatNobodyAskedForIsGivenUpWhereAnotherProcessHasIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int serverPort = taken.getLocalPort() > 40_000 ? taken.getLocalPort() - 6000 : taken.getLocalPort() + 6000;
            Map<String, String> settings = Service.settings(server.url(database), "SERVER_PORT", "" + serverPort);
            try (Service other = Service.serve(settings).awaitReady()) {
                assertThat(ManagementAddress.port(other)).isNotIn(0, taken.getLocalPort());
                assertThat(other.says("port " + taken.getLocalPort() + " is in use"))
                        .isEqualTo(serverPort < taken.getLocalPort());
                assertThat(new Client(other).get("/q/metrics").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void onePortThatIsAskedForIsTakenOrTheStartFails() throws IOException {
        int port;
        Map<String, String> settings = Service.settings(server.url(database));
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
            settings.put("MANAGEMENT_PORT", "" + port);
            try (Service other = Service.serve(settings)) {
                assertThat(other.awaitExit()).isEqualTo(1);
                assertThat(other.lines())
                        .last()
                        .isEqualTo("[STARTUP] failed: MANAGEMENT_PORT is in use by another process: " + port);
            }
        }
        try (Service other = Service.serve(settings).awaitReady()) {
            assertThat(ManagementAddress.port(other)).isEqualTo(port);
        }
    }
}
