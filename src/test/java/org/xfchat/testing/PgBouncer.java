package org.xfchat.testing;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PgBouncer in transaction mode before a server of a test's own, set up as deploy/pgbouncer.md says. */
public final class PgBouncer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final List<String> command = new ArrayList<>();
    private Process process;

    private PgBouncer(OwnServer server, int poolSize, String user, String password) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
            folder = Files.createTempDirectory("xfchat-pgbouncer");
            // It gives up being root, and has to read them all the same.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(
                    folder.resolve("users.txt"), '"' + user + "\" \"" + password.replace("\"", "\"\"") + "\"\n");
            Files.writeString(folder.resolve("pgbouncer.ini"), """
                    [databases]
                    * = host=127.0.0.1 port=%d

                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = scram-sha-256
                    auth_file = %s
                    pool_mode = transaction
                    default_pool_size = %d
                    max_client_conn = 500
                    ignore_startup_parameters = extra_float_digits
                    log_connections = 0
                    log_disconnections = 0
                    """.formatted(
                            server.port(), port, folder.resolve("users.txt"), poolSize));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        command.add(program().orElseThrow().toString());
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(folder.resolve("pgbouncer.ini").toString());
        process = launch();
    }

    /** What this needs and the machine has not; empty where it has all. */
    public static String missing() {
        return program().isPresent() ? "" : "needs pgbouncer: install it, in PATH or in /usr/sbin";
    }

    private static Optional<Path> program() {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin" + File.pathSeparator
                + "/opt/homebrew/bin";
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(part -> !part.isEmpty())
                .map(part -> Path.of(part, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one with so many server connections per database, for this user only. */
    public static PgBouncer start(OwnServer server, int poolSize, String user, String password) {
        return new PgBouncer(server, poolSize, user, password);
    }

    private Process launch() {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            await("pgbouncer listens").atMost(START).until(() -> !started.isAlive() || accepts());
            if (!started.isAlive()) {
                throw new AssertionError("pgbouncer ended: " + log());
            }
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Leads a URL that leads past it through it. */
    public String url(OwnServer server, String direct) {
        return direct.replace(":" + server.port() + "/", ":" + port + "/");
    }

    /** What it logged so far. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Lets what is going on end, and everything else wait, as {@code PAUSE} of its console does. */
    public void pause() {
        signal("-USR1");
    }

    /** Undoes {@link #pause}. */
    public void resume() {
        signal("-USR2");
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("kill hangs");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Ends it without giving it a chance: both its sides are cut. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Starts it again after {@link #kill}, on the same port. */
    public void startAgain() {
        process = launch();
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
