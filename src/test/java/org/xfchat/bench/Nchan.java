package org.xfchat.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.xfchat.bench.HttpConnection.Request;

/** nginx with nchan, one worker: in C. */
final class Nchan extends Peer {
    static final String NAME = "nginx with nchan, one worker, not stored";

    private static final List<Path> MODULES = List.of(
            Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so"),
            Path.of("/usr/lib64/nginx/modules/ngx_nchan_module.so"));

    private final Path program;
    private final Path module;

    private Nchan(Path program, Path module) {
        this.program = program;
        this.module = module;
    }

    /** Empty where it is not installed. */
    static Optional<Nchan> find() {
        Optional<Path> program = Processes.program("nginx");
        Optional<Path> module = MODULES.stream().filter(Files::exists).findFirst();
        return program.isPresent() && module.isPresent()
                ? Optional.of(new Nchan(program.get(), module.get()))
                : Optional.empty();
    }

    @Override
    List<String> command(Path folder, int port) throws IOException {
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
        return List.of(program.toString(), "-c", configuration.toString(), "-p", folder.toString());
    }

    /** Its worker. */
    @Override
    ProcessHandle serving(ProcessHandle started) {
        return started.descendants().findFirst().orElseThrow();
    }

    @Override
    Request publish(String text) {
        return Request.post("/publish", text);
    }

    @Override
    String subscription() {
        return "GET /subscribe HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    }

    @Override
    int greetings() {
        return 0;
    }
}
