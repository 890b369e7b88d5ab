package org.xfchat.testing;

import static java.net.http.HttpRequest.BodyPublishers.ofString;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes of the packaged service as its JVM had them in memory once, so that it need not read and verify all of them again at
 * each of the many starts of a test run: half of what a start costs. Made once per package by a service that starts, is used, and
 * stops. A JVM takes only classes of its own class path from it, not those of the loader of {@code quarkus-run.jar}.
 */
final class ClassArchive {
    /** The JVM goes on without, in silence, where it cannot use one. */
    private static final String QUIET = "-Xlog:cds*=off";

    /** What the manifest of {@code quarkus-run.jar} says, and what its loader does before anything else. */
    private static final List<String> AS_DEPLOYED = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                    + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory");

    private ClassArchive() {}

    /** Options with the class path, after these: what Quarkus changed and made comes before what it was made of. */
    static List<String> classPath(Path... first) {
        List<Path> jars = new ArrayList<>(List.of(first));
        for (String name : List.of("quarkus/transformed-bytecode.jar", "quarkus/generated-bytecode.jar")) {
            Path jar = Service.APPLICATION.resolve(name);
            if (Files.exists(jar)) {
                jars.add(jar);
            }
        }
        for (String folder : List.of("app", "lib/boot", "lib/main")) {
            try (Stream<Path> files = Files.list(Service.APPLICATION.resolve(folder))) {
                files.sorted().forEach(jars::add);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        List<String> options = new ArrayList<>(AS_DEPLOYED);
        options.add("-cp");
        options.add(jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        return options;
    }

    /** Options for the JVM of a service. */
    static synchronized List<String> options() {
        try {
            Path jar = Service.APPLICATION.resolve("quarkus-run.jar");
            Path archive = Path.of(
                    "target", "class-path-" + Files.getLastModifiedTime(jar).toMillis() + ".jsa");
            if (!Files.exists(archive)) {
                makeAlone(archive);
            }
            return List.of("-XX:SharedArchiveFile=" + archive.toAbsolutePath(), QUIET);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Another JVM of the same run would make the same. */
    private static void makeAlone(Path archive) throws IOException {
        Path file = archive.resolveSibling("classes.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            if (!Files.exists(archive)) {
                make(archive);
            }
        }
    }

    private static void make(Path archive) throws IOException {
        Path part = Files.createTempDirectory("xfchat-classes").resolve("classes.jsa");
        Map<String, String> settings =
                Service.settings(TestServer.newDatabase(), "XFCHAT_DATABASE_ALLOW_UNSAFE_SERVER", "true");
        try (Service service = Service.launch(List.of("-XX:ArchiveClassesAtExit=" + part, QUIET), settings)) {
            service.awaitReady();
            use(service);
            service.stop();
        }
        Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(part.getParent());
    }

    /** So that the classes are there which nearly every suite uses. */
    private static void use(Service service) throws IOException {
        HttpClient client = HttpClient.newHttpClient();
        String account = "{\"username\":\"first\",\"email\":\"first@example.test\",\"password\":\"correct horse\"}";
        for (HttpRequest.Builder request : List.of(
                HttpRequest.newBuilder(service.uri("/api/auth/signup"))
                        .header("Content-Type", "application/json")
                        .POST(ofString(account)),
                HttpRequest.newBuilder(service.uri("/api/contacts")),
                HttpRequest.newBuilder(service.uri("/q/health/ready")),
                HttpRequest.newBuilder(ManagementAddress.uri(service, "/q/metrics")))) {
            try {
                client.send(request.build(), BodyHandlers.discarding());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }
}
