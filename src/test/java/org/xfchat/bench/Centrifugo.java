package org.xfchat.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.xfchat.bench.HttpConnection.Request;

/** Centrifugo 6 with its broker in memory: in Go. Its subscribers follow by its one-way transport for server-sent events. */
final class Centrifugo extends Peer {
    static final String NAME = "Centrifugo, not stored";

    private final Path program;

    private Centrifugo(Path program) {
        this.program = program;
    }

    /** Where {@code -Dbench.centrifugo} says, else on the path; empty where it is not. */
    static Optional<Centrifugo> find() {
        return Optional.ofNullable(System.getProperty("bench.centrifugo"))
                .map(Path::of)
                .filter(Files::isExecutable)
                .or(() -> Processes.program("centrifugo"))
                .map(Centrifugo::new);
    }

    @Override
    List<String> command(Path folder, int port) throws IOException {
        Path configuration = folder.resolve("config.json");
        Files.writeString(configuration, """
                {
                  "http_server": {"address": "127.0.0.1", "port": %d},
                  "http_api": {"insecure": true},
                  "client": {"insecure": true},
                  "uni_sse": {"enabled": true},
                  "log": {"level": "error"}
                }
                """.formatted(port));
        return List.of(program.toString(), "--config", configuration.toString());
    }

    @Override
    ProcessHandle serving(ProcessHandle started) {
        return started;
    }

    @Override
    Request publish(String text) {
        return Request.post("/api/publish", "{\"channel\": \"a\", \"data\": {\"text\": \"" + text + "\"}}");
    }

    @Override
    String subscription() {
        String asked = URLEncoder.encode("{\"subs\": {\"a\": {}}}", StandardCharsets.UTF_8);
        return "GET /connection/uni_sse?cf_connect=" + asked
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    }

    /** It says that one is connected. */
    @Override
    int greetings() {
        return 1;
    }
}
