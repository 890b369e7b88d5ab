package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xfchat.database.StartHere;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Service;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.WithOwnServer;

/** The start sequence, step by step, with a server that is as it should be. */
class StartUpIT extends WithOwnServer {
    @Test
    void saysEachStepInOrderAndNoSecret() {
        String database = server.newDatabase();
        String url = server.url(database, "postgres", Refusal.SECRET);
        try (Service service = Service.serve(Service.settings(url, "DEV_AUTH_BYPASS", "1"))) {
            service.awaitReady();
            List<String> steps = service.lines().stream()
                    .filter(line -> line.contains("[STARTUP] "))
                    .map(line -> line.substring(line.indexOf("[STARTUP] ") + "[STARTUP] ".length()))
                    .toList();
            assertThat(steps)
                    .satisfiesExactly(
                            step -> assertThat(step).isEqualTo("configuration valid"),
                            step -> assertThat(step).startsWith("DEV_AUTH_BYPASS is set and has no effect"),
                            step -> assertThat(step)
                                    .startsWith("connected to 127.0.0.1:" + server.port() + "/" + database
                                            + ", PostgreSQL "),
                            step -> assertThat(step)
                                    .isEqualTo("migrated from empty to " + ShippedSchema.newest() + ", "
                                            + ShippedSchema.count() + " migration(s)"),
                            step -> assertThat(step)
                                    .startsWith("schema verified: ")
                                    .contains("users 0", "conversations ~"),
                            step -> assertThat(step)
                                    .startsWith("settings: ")
                                    .contains("DATABASE_POOL_SIZE=25", "MIGRATE_AT_START=true")
                                    .doesNotContain("JWT_SECRET", "DATABASE_URL"),
                            step -> assertThat(step).isEqualTo("listening on port " + service.port()),
                            step -> assertThat(step).matches("metrics and probes on port \\d+"),
                            step -> assertThat(step).isEqualTo("ready"));
            assertThat(service.port()).isPositive();
            assertThat(new Client(service).get("/q/health/ready").statusCode()).isEqualTo(200);
            service.stop();
            assertThat(service.lines())
                    .noneMatch(line -> line.contains(Refusal.SECRET) || line.contains("0123456789abcdef"));
        }
    }

    /** Where the server asks for none: trust, peer or a client certificate. */
    @Test
    void needsNoPasswordWhereTheServerAsksForNone() {
        String url = server.url(server.newDatabase()).replaceFirst("postgres:postgres@", "postgres@");
        if (Extent.isBrief()) {
            assertThat(StartHere.refusal(Service.settings(url))).isEmpty();
            return;
        }
        try (Service service = Service.serve(Service.settings(url))) {
            service.awaitReady();
            assertThat(service.says("migrated from empty to ")).isTrue();
        }
    }

    @Test
    void refusesAPortInUse() throws IOException {
        String url = server.url(server.migratedDatabase());
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            Map<String, String> settings = new HashMap<>(Service.settings(url, "SERVER_PORT", port));
            // What works by itself has begun by then, and ends without a word.
            settings.put("XFCHAT_PRESENCE_WRITE_EVERY", "0.001s");
            assertThat(Refusal.ofProcess(settings).line())
                    .startsWith("SERVER_PORT is in use by another process")
                    .contains(port);
        }
    }

    @Test
    void refusesAnAddressThatTheMachineDoesNotHave() {
        Map<String, String> settings =
                Service.settings(server.url(server.migratedDatabase()), "QUARKUS_HTTP_HOST", "203.0.113.77");
        try (Service service = Service.serve(settings)) {
            assertThat(service.awaitExit()).isEqualTo(1);
            assertThat(service.lines())
                    .filteredOn(line -> line.contains(" failed: "))
                    .singleElement()
                    .asString()
                    .startsWith("[STARTUP] failed: QUARKUS_HTTP_HOST is not an address of this machine")
                    .contains("203.0.113.77");
        }
    }

    /** A container's file system may be read-only, with nothing mounted. */
    @Test
    void needsNoFolderForTemporaryFiles() {
        Map<String, String> settings = Service.settings(server.url(server.migratedDatabase()));
        try (Service service = Service.deployed(List.of("-Xmx256m", "-Djava.io.tmpdir=/proc"), settings)) {
            service.awaitReady();
            assertThat(service.lines()).noneMatch(line -> line.contains(" WARN "));
        }
    }

    @Test
    void letsTwoReplicasStartAtOnceOnAnEmptyDatabase() {
        Map<String, String> settings = Service.settings(server.url(server.newDatabase()));
        try (Service one = Service.serve(settings);
                Service other = Service.serve(settings)) {
            one.awaitReady();
            other.awaitReady();
            assertThat(List.of(one, other))
                    .filteredOn(service -> service.says("[STARTUP] migrated from empty"))
                    .hasSize(1);
            assertThat(List.of(one, other))
                    .filteredOn(service -> service.says("nothing to migrate"))
                    .hasSize(1);
        }
    }

    @Test
    void warnsWhenTheServerHasFewerConnectionsThanThePool() {
        Map<String, String> settings =
                Service.settings(server.url(server.migratedDatabase()), "DATABASE_POOL_SIZE", "500");
        try (Service service = Service.serve(settings)) {
            service.awaitReady();
            assertThat(service.lines())
                    .anyMatch(line -> line.contains(" WARN ") && line.contains("DATABASE_POOL_SIZE is 500"));
        }
    }
}
