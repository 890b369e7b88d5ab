package org.xfchat.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.OptionalLong;
import org.xfchat.database.Sql;

/**
 * What a second copy of the old tables takes, and what there is.
 *
 * @param needed bytes: the copy, and as much again for the write-ahead log
 * @param free bytes; empty where it cannot be known, which is everywhere but on the server's own machine
 */
record DiskSpace(long needed, OptionalLong free) {
    private static final double GIB = 1L << 30;

    static DiskSpace of(Connection connection, LegacyTables old) throws SQLException {
        Sql sql = new Sql(connection);
        long size = 0;
        for (String table : old.tables()) {
            size += Long.parseLong(String.valueOf(
                    sql.ask("select pg_total_relation_size(" + Sql.literal(old.qualified(table)) + ")")));
        }
        return new DiskSpace(2 * size, free(connection));
    }

    private static OptionalLong free(Connection connection) throws SQLException {
        // Both are the server's to tell: the folder only to who may know it, and no address for a local socket.
        String folder = new Sql(connection)
                .ask("select max(setting) from pg_settings where name = 'data_directory'"
                        + " and coalesce(inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true)");
        if (folder == null || !Files.isDirectory(Path.of(folder))) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Files.getFileStore(Path.of(folder)).getUsableSpace());
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    boolean isShort() {
        return free.isPresent() && free.getAsLong() < needed;
    }

    /** For people. */
    String text() {
        return "disk: about " + gib(needed) + " needed for the copy and its write-ahead log, "
                + (free.isPresent()
                        ? gib(free.getAsLong()) + " free"
                        : "free space is not to be seen from here: look at the server");
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }
}
