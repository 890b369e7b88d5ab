package org.xfchat.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that the artefact has, and whether a database has exactly these. Nearly every start finds them applied, and
 * need not ask Flyway, which takes longer than the rest of the start together: three connections, some seventy statements, and
 * regular expressions over the connection's URL.
 */
final class ShippedMigrations {
    /** The folder's scripts, oldest first; a new one is added here. */
    static final List<String> SCRIPTS = List.of(
            "V20240105000000__postgresql_exclusive_schema.sql", //
            "V20261125160000__login_failures.sql",
            "V20261127193000__share_usernames.sql",
            "V20261127193001__fold_usernames.sql",
            "V20261127193002__fold_emails.sql",
            "V20261127193003__look_up_usernames.sql",
            "V20261127193004__look_up_emails.sql");

    /** By script, as Flyway notes it in its history. */
    static final Map<String, Integer> CHECKSUMS = checksums();

    private static final Logger LOG = Logger.getLogger(ShippedMigrations.class);

    private ShippedMigrations() {}

    /**
     * A line of the history.
     *
     * @param meant the script that its version and description belong to
     */
    private record Noted(String script, int checksum, boolean isApplied, String meant) {}

    /**
     * Whether the history names each of them with its checksum as applied, and no other migration.
     *
     * @param connection to a database with a Flyway history in its current schema
     */
    static boolean areApplied(Connection connection) throws SQLException {
        Map<String, Integer> applied = new HashMap<>();
        for (Noted noted : new Sql(connection)
                .list(
                        "select script, coalesce(checksum, 0), success and type = 'SQL', version, description from "
                                + SchemaState.HISTORY + " where version is null or version <> '" + SchemaState.BASELINE
                                + "'",
                        row -> new Noted(
                                name(row.getString(1)),
                                row.getInt(2),
                                row.getBoolean(3),
                                name(row.getString(4), row.getString(5))))) {
            boolean isItself = noted.script().equals(noted.meant());
            if (!noted.isApplied() || !isItself || applied.put(noted.script(), noted.checksum()) != null) {
                return false;
            }
        }
        return applied.equals(CHECKSUMS);
    }

    /**
     * Lets those begin anew that failed outside of a transaction: Flyway notes such a failure and stops at its note, but by the
     * rules of their folder they can begin anew. Under the lock of whoever migrates. Where none has failed, nothing is asked of
     * the database but to read its history, which is all that a role may do that only serves.
     */
    static void forgetFailed(Connection connection) throws SQLException {
        String failed = SchemaState.HISTORY + " where not success and type = 'SQL' and version = any(?)";
        Array restartable = connection.createArrayOf(
                "text",
                SCRIPTS.stream()
                        .filter(ShippedMigrations::runsOutsideOfATransaction)
                        .map(ShippedMigrations::version)
                        .toArray());
        Sql sql = new Sql(connection);
        if (!sql.list("select version from " + failed, restartable).isEmpty()) {
            sql.change("delete from " + failed, restartable);
            LOG.infof("[STARTUP] a migration that failed begins anew");
        }
    }

    /** The only thing that the files beside migrations say. */
    private static boolean runsOutsideOfATransaction(String script) {
        return ShippedMigrations.class.getResource("/db/migration/" + script + ".conf") != null;
    }

    private static String version(String script) {
        return script.substring(1, script.indexOf("__"));
    }

    /** Where the folder is found decides whether its path is noted, too. */
    private static String name(String script) {
        return script.substring(script.lastIndexOf('/') + 1);
    }

    /** The script that Flyway takes a version and a description from. */
    private static String name(@Nullable String version, String description) {
        return "V" + version + "__" + description.replace(' ', '_') + ".sql";
    }

    private static Map<String, Integer> checksums() {
        Map<String, Integer> checksums = new HashMap<>();
        for (String script : SCRIPTS) {
            checksums.put(script, checksum("/db/migration/" + script));
        }
        return Map.copyOf(checksums);
    }

    /** CRC-32 of the lines without their ends, so that line ends do not matter. */
    private static int checksum(String resource) {
        CRC32 sum = new CRC32();
        try (InputStream in = ShippedMigrations.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the artefact does not contain " + resource);
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return (int) sum.getValue();
    }
}
