package org.xfchat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.xfchat.testing.Service;
import org.xfchat.testing.Variants;

/** A server that takes a message as the service does, and stores nothing: what HTTP, tokens and JSON cost by themselves. */
final class Floor implements AutoCloseable {
    /** Stands in for the class of this name, and answers at once. */
    private static final String LANES = """
            package org.xfchat.log;

            import java.util.concurrent.CompletableFuture;

            @jakarta.inject.Singleton
            public class Lanes {
                Lanes(
                        org.xfchat.database.DatabaseConfig database,
                        org.eclipse.microprofile.config.Config settings,
                        com.fasterxml.jackson.databind.ObjectMapper json,
                        io.micrometer.core.instrument.MeterRegistry meters,
                        jakarta.enterprise.event.Event<Committed> committed) {}

                public void start() {}

                public void stop() {}

                public CompletableFuture<Log.Appended> append(Draft draft) {
                    return CompletableFuture.completedFuture(new Log.Appended(1, draft.versionOrId(), draft.versionOrId()));
                }
            }
            """;

    private final long pid;
    private final int port;
    private final AutoCloseable server;

    private Floor(long pid, int port, AutoCloseable server) {
        this.pid = pid;
        this.port = port;
        this.server = server;
    }

    /** The packaged service, whose log alone is another. */
    static Floor sameStack(Rig rig) {
        Service service = Variants.withClasses(
                compiled(),
                List.of(Rig.JAVA_OPTIONS.split(" ", -1)),
                Service.settings(rig.server().url(rig.database())));
        try {
            service.awaitReady();
            return new Floor(service.pid(), service.port(), service);
        } catch (Throwable unstarted) {
            service.close();
            throw unstarted;
        }
    }

    private static Path compiled() {
        try {
            Path folder = Files.createTempDirectory("xfchat-floor");
            Path source = folder.resolve("Lanes.java");
            Files.writeString(source, LANES);
            int result = ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
            if (result != 0) {
                throw new IllegalStateException("the log that stores nothing cannot be compiled");
            }
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Vert.x without anything above it. */
    static Floor plainVertx() {
        try {
            Process process = new ProcessBuilder(
                            Processes.program("java").map(Path::toString).orElseThrow(),
                            "-Xmx1g",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PlainServer.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String port = process.inputReader().readLine();
            if (port == null) {
                throw new IllegalStateException("the plain server did not start");
            }
            return new Floor(
                    process.pid(),
                    Integer.parseInt(port),
                    () -> process.destroyForcibly().waitFor());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    long pid() {
        return pid;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
