package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.testing.Extent;
import org.xfchat.testing.ManagementAddress;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/**
 * What libraries load by name while the service works: a native image has such a class only where somebody registered it, and
 * says so only when it is asked for. The service runs with a recording of its class loads, and what is registered is read from
 * what the native augmentation wrote. In each build it serves; each night its commands are run as well, and everything that is
 * explained has to happen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadedByNameIT {
    private static final Path CONFIGURATION = Path.of("src/test/resources/native/class-loads.jfc");
    private static final Path EXPLAINED = Path.of("src/test/resources/native/loaded-by-name.txt");

    @TempDir
    Path recordings;

    private OwnServer server;

    @BeforeAll
    void start() {
        assumeFalse(Service.isNative(), "a binary loads nothing");
        server = OwnServer.start();
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private Service record(String name, Map<String, String> settings, String... command) {
        return Service.deployed(
                List.of(
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:FlightRecorderOptions=stackdepth=256",
                        "-XX:StartFlightRecording=dumponexit=true,settings=" + CONFIGURATION.toAbsolutePath()
                                + ",filename=" + recordings.resolve(name + ".jfr")),
                settings,
                command);
    }

    @Test
    void isRegisteredOrExplained() throws IOException {
        String database = server.newDatabase();
        live("first", database);
        if (!Extent.isBrief()) {
            command("check", database);
            command("migrate", database);
            connectToAServerThatHasACertificate();
        }
        Set<String> registered = registered();
        Set<ClassLoads.ByName> unexplained = new HashSet<>();
        Set<String> reasons = new TreeSet<>();
        Set<ClassLoads.ByName> loads = loads();
        for (ClassLoads.ByName load : loads) {
            String explanation = explanation(load.caller());
            if (!explanation.isEmpty()) {
                reasons.add(explanation);
            } else if (!registered.contains(load.type()) && !comesAlong(load, loads, registered)) {
                unexplained.add(load);
            }
        }
        assertThat(unexplained)
                .as(
                        "loaded by name, and a native image would not have them: register them, or say in %s why not",
                        EXPLAINED)
                .isEmpty();
        if (!Extent.isBrief()) {
            assertThat(reasons)
                    .as("what %s explains happens", EXPLAINED)
                    .containsExactlyInAnyOrderElementsOf(explanations());
        }
    }

    /** It takes longer than the rest of the start together. */
    @Test
    void flywayIsNotAskedWhereTheSchemaIsCurrent() throws IOException {
        String database = server.migratedDatabase();
        try (Service service = record("current", Service.settings(server.url(database)))) {
            service.awaitReady();
            service.stop();
        }
        assertThat(ClassLoads.types(recordings.resolve("current.jfr")))
                .contains("org.xfchat.database.ShippedMigrations")
                .doesNotContain("org.flywaydb.core.internal.jdbc.JdbcConnectionFactory");
    }

    /** A life with everything in it: an empty database, people, streams, an end. */
    private void live(String name, String database) {
        try (Service service = record(name, Service.settings(server.url(database), "LOG_FORMAT", "json"))) {
            service.awaitReady();
            Visitor ann = Visitor.signUp(service, "ann", "correct horse");
            Visitor bob = Visitor.signUp(service, "bob", "correct horse");
            assertThat(Visitor.logIn(service, "ann@new.test", "correct horse")).isPresent();
            assertThat(Visitor.logIn(service, "ann@new.test", "wrong horse")).isEmpty();
            ann.post("/api/friends/request", Map.of("to_email", "bob@new.test"));
            JsonNode request = bob.read("/api/friends/requests").at("/requests/0/id");
            bob.post("/api/friends/respond", Map.of("request_id", request.asText(), "accept", true));
            JsonNode conversation = ann.read("/api/conversations").at("/conversations/0/id");
            String log = "/sync/conversations/" + conversation.asText() + "/messages";
            ann.say(java.util.UUID.fromString(conversation.asText()), "hello");
            bob.history(java.util.UUID.fromString(conversation.asText()));
            ann.put("/chat", Map.of("text", "hello", "author", "ann"));
            for (String path : List.of(
                    log,
                    "/chat",
                    "/api/contacts",
                    "/api/usage",
                    "/api/auth/me",
                    "/q/health/ready",
                    "/q/openapi",
                    "/q/openapi.json",
                    "/nowhere")) {
                assertThat(ann.get(path).status()).as(path).isIn(200, 404);
            }
            for (String path : List.of("/q/metrics", "/q/info", "/health")) {
                assertThat(new Client(service)
                                .send(HttpRequest.newBuilder(ManagementAddress.uri(service, path))
                                        .GET())
                                .statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            service.stop();
        }
    }

    private void command(String command, String database) {
        try (Service service = record(command, Service.settings(server.url(database)), command)) {
            assertThat(service.awaitExit())
                    .as("%s: %s", command, service.lines())
                    .isZero();
        }
    }

    /** The driver loads what opens the encrypted connection when the server has agreed to one. */
    private void connectToAServerThatHasACertificate() throws IOException {
        try (ServerSocket agrees = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> agree(agrees), "a server with a certificate");
            answers.start();
            String url = "postgresql://x:x@127.0.0.1:" + agrees.getLocalPort()
                    + "/x?sslmode=verify-full&sslrootcert=system&connect_timeout=5";
            try (Service service = record("system", Service.settings(url))) {
                assertThat(service.awaitExit()).isEqualTo(1);
            }
        }
        assertThat(ClassLoads.types(recordings.resolve("system.jfr"))).contains("org.xfchat.database.TlsSocketFactory");
    }

    /** Each connection until the test is over, then it closes. */
    private static void agree(ServerSocket server) {
        boolean open = true;
        while (open) {
            try (Socket client = server.accept()) {
                new DataInputStream(client.getInputStream()).readLong();
                client.getOutputStream().write('S');
            } catch (IOException closed) {
                open = !server.isClosed();
            }
        }
    }

    private Set<ClassLoads.ByName> loads() throws IOException {
        Set<ClassLoads.ByName> loads = new HashSet<>();
        try (Stream<Path> files = Files.list(recordings)) {
            for (Path recording :
                    files.filter(file -> file.toString().endsWith(".jfr")).toList()) {
                loads.addAll(ClassLoads.byName(recording));
            }
        }
        assertThat(loads).as("classes that were loaded by name").isNotEmpty();
        return loads;
    }

    /** With a registered class that the same method asked for, and that is one of its kind. */
    private static boolean comesAlong(ClassLoads.ByName load, Set<ClassLoads.ByName> all, Set<String> registered) {
        return all.stream()
                .anyMatch(other -> other.caller().equals(load.caller())
                        && registered.contains(other.type())
                        && isSubtype(other.type(), load.type()));
    }

    private static boolean isSubtype(String name, String type) {
        try {
            ClassLoader loader = LoadedByNameIT.class.getClassLoader();
            return Class.forName(type, false, loader).isAssignableFrom(Class.forName(name, false, loader));
        } catch (ReflectiveOperationException | LinkageError notHere) {
            return false;
        }
    }

    private static List<String> explanations() throws IOException {
        return Files.readAllLines(EXPLAINED).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", 2)[0])
                .toList();
    }

    private static String explanation(String caller) throws IOException {
        return explanations().stream().filter(caller::startsWith).findFirst().orElse("");
    }

    /** By the augmentation's configuration, and by those that libraries bring. */
    private static Set<String> registered() throws IOException {
        assumeFalse(Boolean.getBoolean("native-augmentation.skip"), "the native augmentation was skipped");
        Set<String> names = new HashSet<>();
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("target/native-sources"))) {
            files.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
        }
        for (Path jar : jars) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    if (entry.getName()
                            .matches("META-INF/native-image/.*(reflect-config|reachability-metadata)\\.json")) {
                        collect(new ObjectMapper().readTree(zip.getInputStream(entry)), names);
                    }
                }
            }
        }
        return names;
    }

    private static void collect(JsonNode registrations, Set<String> names) {
        JsonNode list = registrations.isArray() ? registrations : registrations.path("reflection");
        for (JsonNode registration : list) {
            JsonNode name = registration.has("name") ? registration.get("name") : registration.path("type");
            if (name.isTextual()) {
                names.add(name.asText());
            }
        }
    }
}
