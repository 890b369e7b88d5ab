package org.xfchat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * The classes of the packaged service as its JVM had them in memory once, so that it need not read and verify all of them again at
 * each of the many starts of a test run: a fifth of what a start costs. Made once per package by a service that starts and stops.
 */
final class ClassArchive {
    /** The JVM goes on without, in silence, where it cannot use one. */
    private static final String QUIET = "-Xlog:cds*=off";

    private ClassArchive() {}

    /** Options for the JVM of a service. */
    static synchronized List<String> options() {
        try {
            Path jar = Service.APPLICATION.resolve("quarkus-run.jar");
            Path archive = Path.of(
                    "target", "classes-" + Files.getLastModifiedTime(jar).toMillis() + ".jsa");
            if (!Files.exists(archive)) {
                make(archive);
            }
            return List.of("-XX:SharedArchiveFile=" + archive.toAbsolutePath(), QUIET);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void make(Path archive) throws IOException {
        Path part = Files.createTempDirectory("xfchat-classes").resolve("classes.jsa");
        Map<String, String> settings =
                Service.settings(TestServer.newDatabase(), "XFCHAT_DATABASE_ALLOW_UNSAFE_SERVER", "true");
        try (Service service = Service.launch(List.of("-XX:ArchiveClassesAtExit=" + part, QUIET), settings)) {
            service.awaitReady();
            service.stop();
        }
        // Another JVM may have made one meanwhile; either will do.
        Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(part.getParent());
    }
}
