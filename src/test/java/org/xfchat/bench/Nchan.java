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
import java.util.stream.Stream;
import org.xfchat.bench.HttpConnection.Request;

/** nginx with nchan, one worker: a fan-out server in C without a store, to compare with. */
final class Nchan implements AutoCloseable {
    private static final List<Path> MODULES = List.of(
            Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so"),
            Path.of("/usr/lib64/nginx/modules/ngx_nchan_module.so"));

    private final Path folder;
    private final Process nginx;
    private final int port;

    private Nchan(Path program, Path module) {
        try {
            folder = Files.createTempDirectory("nchan");
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Path configuration = folder.resolve("nginx.conf");
            Files.writeString(configuration, """
                    load_module %1$s;
                    daemon off;
                    worker_processes 1;
                    worker_rlimit_nofile 20000;
                    pid %2$s/pid;
                    error_log %2$s/error.log;
                    events { worker_connections 19000; }
                    http {
                        access_log off;
                        client_body_temp_path %2$s/body;
                        proxy_temp_path %2$s/proxy;
                        fastcgi_temp_path %2$s/fastcgi;
                        uwsgi_temp_path %2$s/uwsgi;
                        scgi_temp_path %2$s/scgi;
                        nchan_max_reserved_memory 512m;
                        nchan_message_buffer_length 20000;
                        keepalive_requests 1000000;
                        server {
                            listen 127.0.0.1:%3$d;
                            location = /publish { nchan_publisher; nchan_channel_id a; }
                            location = /subscribe { nchan_subscriber eventsource; nchan_channel_id a; nchan_subscriber_first_message newest; }
                        }
                    }
                    """.formatted(module, folder, port));
            nginx = new ProcessBuilder(program.toString(), "-c", configuration.toString(), "-p", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        await("nginx listens").atMost(Duration.ofSeconds(10)).until(this::listens);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            if (!nginx.isAlive()) {
                throw new AssertionError("nginx ended: " + Processes.read(folder.resolve("output.log")));
            }
            return false;
        }
    }

    /** Empty where it is not installed. */
    static Optional<Nchan> start() {
        Optional<Path> program = Processes.program("nginx");
        Optional<Path> module = MODULES.stream().filter(Files::exists).findFirst();
        return program.isPresent() && module.isPresent()
                ? Optional.of(new Nchan(program.get(), module.get()))
                : Optional.empty();
    }

    List<Integer> ports() {
        return List.of(port);
    }

    /** Of its worker. */
    long pid() {
        return nginx.descendants().mapToLong(ProcessHandle::pid).findFirst().orElseThrow();
    }

    static Request publish(String text) {
        return Request.post("/publish", text);
    }

    static String subscription() {
        return "GET /subscribe HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    }

    @Override
    public void close() {
        nginx.destroy();
        nginx.onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
