package org.xfchat.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.xfchat.testing.Proxy;
import org.xfchat.testing.Service;

/** One place where the service runs, at a port that stays, with a network on both sides that can be bad. */
final class Replica implements AutoCloseable {
    /** Up to 30,000: below what systems give to connections, so that none of these is in the way of a restart. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() % 9_000));

    private final int number;
    private final int port = freePort();
    private final Proxy clients;
    private final Proxy database;
    private final List<Service> services = new ArrayList<>();
    private int checked;

    /** Not started yet; {@code server} is PostgreSQL's port. */
    Replica(int number, int server) {
        this.number = number;
        try {
            clients = new Proxy(port);
            database = new Proxy(server);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A port of this machine that nobody uses, and that no connection is given. */
    static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException used) {
                if (port > 30_000) {
                    throw new UncheckedIOException(used);
                }
            }
        }
    }

    /** Starts it on the database of this name, and does not wait. */
    void launch(String name) {
        Map<String, String> settings =
                Service.settings("postgresql://postgres:postgres@127.0.0.1:" + database.port() + "/" + name);
        settings.put("SERVER_PORT", String.valueOf(port));
        settings.put("DATABASE_POOL_SIZE", "12");
        // Readers who do not read are cut while the load goes on.
        settings.put("XFCHAT_HTTP_STALL_TIMEOUT", "5S");
        // Its clients write as much as they can.
        settings.put("LIMITS", "off");
        services.add(Service.serve(settings));
    }

    /** The same, and waits until it is ready. */
    void start(String name) {
        launch(name);
        service().awaitReady();
    }

    Service service() {
        return services.get(services.size() - 1);
    }

    /** Where it listens. */
    int port() {
        return port;
    }

    /** Between clients and it; some of them go this way. */
    Proxy clients() {
        return clients;
    }

    /** Between it and PostgreSQL, always. */
    Proxy database() {
        return database;
    }

    /** What is wrong in its log since the last call. */
    List<String> newErrors() {
        List<String> errors = new ArrayList<>();
        List<String> lines =
                services.stream().flatMap(service -> service.lines().stream()).toList();
        lines.subList(checked, lines.size()).stream()
                .filter(line -> line.contains(" ERROR ") || line.contains("OutOfMemory"))
                .forEach(line -> errors.add(this + " logged: " + line));
        checked = lines.size();
        return errors;
    }

    /** Writes down everything that its processes said. */
    void writeLog(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Service service : services) {
            lines.add("---- " + this);
            lines.addAll(service.lines());
        }
        Files.write(folder.resolve("replica-" + number + ".log"), lines);
    }

    @Override
    public String toString() {
        return "replica " + number;
    }

    @Override
    public void close() {
        services.forEach(Service::close);
        try {
            clients.close();
            database.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
