package org.xfchat.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xfchat.bench.HttpConnection.Request;

/** Another fan-out server, which keeps nothing on disk, to compare with: one channel, with subscribers by server-sent events. */
abstract class Peer implements AutoCloseable {
    private final Path folder;
    private final int port;
    private @Nullable Process process;

    Peer() {
        try {
            folder = Files.createTempDirectory("peer");
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What every peer that is installed is asked, by its name; empty where it is not. */
    static List<Asked> ask(ToDoubleFunction<Peer> question) {
        return List.of(
                Asked.of(Nchan.NAME, Nchan.find().map(Peer::started), question),
                Asked.of(Centrifugo.NAME, Centrifugo.find().map(Peer::started), question));
    }

    /** A peer's answer; empty where it is not installed. */
    record Asked(String name, OptionalDouble answer) {
        private static Asked of(String name, Optional<? extends Peer> peer, ToDoubleFunction<Peer> question) {
            if (peer.isEmpty()) {
                return new Asked(name, OptionalDouble.empty());
            }
            try (Peer running = peer.get()) {
                return new Asked(name, OptionalDouble.of(question.applyAsDouble(running)));
            }
        }
    }

    /** The command that starts it, with its configuration in {@code folder}. */
    abstract List<String> command(Path folder, int port) throws IOException;

    /** The process that serves. */
    abstract ProcessHandle serving(ProcessHandle started);

    abstract Request publish(String text);

    abstract String subscription();

    /** How many events a stream begins with. */
    abstract int greetings();

    private Peer started() {
        try {
            process = new ProcessBuilder(command(folder, port))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        await("it listens").atMost(Duration.ofSeconds(10)).until(this::listens);
        return this;
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            if (!process().isAlive()) {
                throw new AssertionError("it ended: " + Processes.read(folder.resolve("output.log")));
            }
            return false;
        }
    }

    final List<Integer> ports() {
        return List.of(port);
    }

    final long pid() {
        return serving(process().toHandle()).pid();
    }

    @Override
    public final void close() {
        process().destroy();
        process().onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
