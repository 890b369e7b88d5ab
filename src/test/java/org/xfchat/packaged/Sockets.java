package org.xfchat.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the system knows of connections, whatever their owners say (Linux: proc_net_tcp(5)). */
final class Sockets {
    private static final String ESTABLISHED = "01";
    private static final int HEXADECIMAL = 16;

    /** One end of a connection that its owner has open. */
    private record Open(int port, int peerPort) {
        static Open of(String[] columns) {
            return new Open(port(columns[1]), port(columns[2]));
        }

        private static int port(String address) {
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEXADECIMAL);
        }
    }

    private Sockets() {}

    /** Whether the owner of {@code port} still has its end of a connection to {@code peerPort} of this machine open. */
    static boolean isOpen(int port, int peerPort) {
        return !open(end -> end.equals(new Open(port, peerPort))).isEmpty();
    }

    /** The ports of this machine that have no connection to {@code port} any more although its owner still has its end open. */
    static Set<Integer> leftOpen(int port) {
        Set<Integer> left = new HashSet<>();
        open(end -> end.port() == port).forEach(end -> left.add(end.peerPort()));
        open(end -> end.peerPort() == port).forEach(end -> left.remove(end.port()));
        return left;
    }

    private static Set<Open> open(Predicate<Open> wanted) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> lines(table).stream())
                .map(line -> line.strip().split("\\s+", 5))
                .filter(columns -> columns.length > 3 && columns[3].equals(ESTABLISHED))
                .map(Open::of)
                .filter(wanted)
                .collect(Collectors.toSet());
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
