package org.xfchat.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the system knows of connections, whatever their owners say (Linux: proc_net_tcp(5)). */
final class Sockets {
    private static final String ESTABLISHED = "01";

    private Sockets() {}

    /** Whether the owner of {@code port} still has its end of a connection to {@code peerPort} of this machine open. */
    static boolean isOpen(int port, int peerPort) {
        String local = ":%04X".formatted(port);
        String peer = ":%04X".formatted(peerPort);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> lines(table).stream())
                .map(line -> line.strip().split("\\s+", 5))
                .anyMatch(column -> column.length > 3
                        && column[1].endsWith(local)
                        && column[2].endsWith(peer)
                        && column[3].equals(ESTABLISHED));
    }

    private static List<String> lines(String table) {
        try {
            Path file = Path.of(table);
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
