package org.xfchat.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The data of a PostgreSQL server that was never used, with a database as the migrations make it: made once per JVM, and copied for each
 * server of a test's own, which takes a tenth of the time.
 */
final class PreparedServer {
    /** A database to be copied, with the schema that the service's migrations make. */
    static final String MIGRATED = "xfchat_migrated";

    private static final String LOCK = "epg-lock";
    private static @Nullable Path prepared;

    private PreparedServer() {}

    /** Copies it to a folder that does not exist yet. */
    static void copyTo(Path data) {
        Path from = prepared();
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    copy(directory);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!file.endsWith(LOCK)) {
                        copy(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                private void copy(Path path) throws IOException {
                    // With its mode: PostgreSQL takes no folder that others may read.
                    Files.copy(path, data.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static synchronized Path prepared() {
        Path found = prepared;
        if (found == null) {
            found = prepare();
            prepared = found;
        }
        return found;
    }

    private static Path prepare() {
        try {
            Path folder = Files.createTempDirectory("xfchat-prepared-server");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            Path data = folder.resolve("data");
            try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .start()) {
                String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/";
                try (Connection connection = DriverManager.getConnection(url + "postgres", "postgres", "postgres");
                        Statement statement = connection.createStatement()) {
                    statement.execute("create database " + MIGRATED + " encoding 'UTF8' template template0");
                }
                ShippedSchema.migrate(server.getPort(), MIGRATED, "latest");
            }
            return data;
        } catch (IOException | SQLException failed) {
            throw new IllegalStateException("PostgreSQL did not start", failed);
        }
    }

    /** Removes a folder and what is in it, some of which the last processes of a server may be removing themselves. */
    static void remove(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                    if (failed instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failed;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
                        throws IOException {
                    if (directory.equals(folder)) {
                        // It may be where a file system is mounted, which whoever mounted it takes away.
                        boolean unused = directory.toFile().delete();
                    } else {
                        Files.deleteIfExists(directory);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
