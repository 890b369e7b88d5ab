package org.xfchat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/** The migrations of this version, as they lie in their folder. */
public final class ShippedSchema {
    private static final Path FOLDER = Path.of("src/main/resources/db/migration");

    /** Flyway's, as the service has them: an index that is made concurrently waits for every transaction, one that locks too. */
    public static final Map<String, String> SETTINGS = Map.of("flyway.postgresql.transactional.lock", "false");

    private ShippedSchema() {}

    private static List<String> versions() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .map(name -> name.substring(1, name.indexOf("__")))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Applies them up to this version, {@code latest} for all, to a database of a server on this machine, as its superuser. */
    static void migrate(int port, String database, String version) {
        Flyway.configure()
                .configuration(SETTINGS)
                .dataSource("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "postgres")
                .locations("classpath:db/migration")
                .target(version)
                .load()
                .migrate();
    }

    /** How many there are. */
    public static int count() {
        return versions().size();
    }

    /** The version of the newest one. */
    public static String newest() {
        List<String> versions = versions();
        return versions.get(versions.size() - 1);
    }
}
