package org.xfchat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.logging.Level;
import org.jboss.logging.Logger;

/**
 * A real PostgreSQL in a folder, for dev only. Its data survives restarts; its URL is kept in a system property, a string,
 * across live reloads, which load this class anew.
 */
final class EmbeddedDatabase {
    private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class);
    private static final String FOLDER = ".xfchat";

    private EmbeddedDatabase() {}

    /** Does nothing where {@code DATABASE_URL} is set, by a person or by the start before a live reload. */
    static void startUnlessConfigured() throws IOException {
        if (isGiven(Settings.DATABASE_URL)) {
            return;
        }
        // Main keeps everything quiet until Quarkus has configured logging; this is to be said all the same.
        java.util.logging.Logger.getLogger(EmbeddedDatabase.class.getName()).setLevel(Level.INFO);
        // First: what is packaged does not have this class, and leaves no folder behind.
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        Path folder = folder();
        Files.createDirectories(folder);
        keepToOwner(folder, "rwx------");
        stopOrphan();
        EmbeddedPostgres server = builder.setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(folder.resolve("server").toFile())
                .setPGStartupWait(Duration.ofSeconds(30))
                .start();
        LOG.infof("[STARTUP] DATABASE_URL is not set: started an embedded PostgreSQL, data in %s", folder);
        System.setProperty(
                "DATABASE_URL", "postgresql://postgres:postgres@localhost:" + server.getPort() + "/postgres");
        if (!isGiven(Settings.JWT_SECRET)) {
            System.setProperty("JWT_SECRET", secret());
        }
    }

    private static Path folder() {
        return Path.of(FOLDER).toAbsolutePath();
    }

    private static boolean isGiven(Settings setting) {
        return setting.value(Environment.ofProcess()::value).isPresent();
    }

    /** After {@code kill -9} the server of the last run still holds the data. */
    private static void stopOrphan() throws IOException {
        Path pidFile = folder().resolve("data").resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
        ProcessHandle.of(pid)
                .filter(process -> process.info().command().orElse("").contains("postgres"))
                .ifPresent(process -> {
                    LOG.infof("[STARTUP] stopping the embedded PostgreSQL of the last run, pid %d", pid);
                    process.destroy();
                    process.onExit()
                            .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                            .join();
                });
        Files.deleteIfExists(pidFile);
        Files.deleteIfExists(folder().resolve("data").resolve("epg-lock"));
    }

    /** Where the file system knows of owners. The folder first, so that a file in it is never open to others. */
    private static void keepToOwner(Path path, String permissions) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString(permissions));
        }
    }

    /** Random, and kept beside the data, so that tokens survive restarts as accounts do. */
    private static String secret() throws IOException {
        Path file = folder().resolve("jwt-secret");
        if (!Files.exists(file)) {
            byte[] random = new byte[48];
            new SecureRandom().nextBytes(random);
            Files.writeString(file, Base64.getEncoder().encodeToString(random));
        }
        keepToOwner(file, "rw-------");
        return Files.readString(file);
    }
}
