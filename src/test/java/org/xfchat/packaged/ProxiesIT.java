package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.packaged.ProxyProgram.Example;
import org.xfchat.testing.Service;

/** The examples of deploy/proxy in the programs that they are for, each of which is skipped where it is not installed. */
class ProxiesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern STREAMS = Pattern.compile("(?m)^xfchat_stream_open\\{[^}]*} (\\S+)$");

    private static Replicas replicas;
    private static Client.Account account;
    private static UUID conversation;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(1, Map.of());
        account = replicas.signUp(1).get(0);
        conversation = replicas.conversationOf(List.of(account));
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    private static ProxyProgram before(Example example, Service service) {
        assumeTrue(example.missing().isEmpty(), example.missing());
        return new ProxyProgram(example, service);
    }

    private static HttpRequest.Builder request(ProxyProgram proxy, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.port() + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + account.token())
                .header("Accept-Encoding", "gzip, deflate, br, zstd");
    }

    private static HttpClient client(ProxyProgram proxy, Version version) {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(proxy.trusting())
                .connectTimeout(LIMIT)
                .build();
    }

    /** The lines of a stream that has begun; nothing about it says how it ends. */
    private static BufferedReader stream(ProxyProgram proxy, Version version, String path, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client(proxy, version)
                .send(request(proxy, path).headers(headers).build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isIn(200, 209);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        return new BufferedReader(new InputStreamReader(answer.body(), ISO_8859_1));
    }

    private static String log() {
        return "/sync/conversations/" + conversation + "/messages";
    }

    private static int put(ProxyProgram proxy, UUID message, String body) throws IOException, InterruptedException {
        return client(proxy, Version.HTTP_2)
                .send(
                        request(proxy, log() + "/" + message)
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static String message(String padding) {
        return "{\"content\":\"hello\",\"message_type\":\"text\"" + padding + "}";
    }

    private static double openStreams() {
        return STREAMS.matcher(new Client(replicas.get(0)).get("/q/metrics").body())
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    /** All of them each night, else the first. */
    static List<Example> examples() {
        List<Example> all = List.of(Example.values());
        return Boolean.getBoolean("proxies.all") ? all : all.subList(0, 1);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eventsComeAtOnceAndWhoGoesAwayIsGone(Example example) throws Exception {
        try (ProxyProgram proxy = before(example, replicas.get(0))) {
            for (Version version : Version.values()) {
                for (String[] headers :
                        List.of(new String[] {"Subscribe", "true"}, new String[] {"Accept", "text/event-stream"})) {
                    UUID message = UUID.randomUUID();
                    try (BufferedReader events = stream(proxy, version, log(), headers)) {
                        assertThat(put(proxy, message, message(""))).isEqualTo(200);
                        assertThat(events.lines().anyMatch(line -> line.contains(message.toString())))
                                .isTrue();
                    }
                }
            }
            await("no stream is left").atMost(LIMIT).until(() -> openStreams() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void cutsStayCuts(Example example) throws Exception {
        assumeTrue(example.missing().isEmpty(), example.missing());
        assumeTrue(example.keepsCuts(), "needs Caddy 2.8 or newer, which passes a broken answer on as broken");
        Service service = replicas.add();
        try (ProxyProgram proxy = before(example, service);
                BufferedReader one = stream(proxy, Version.HTTP_1_1, log(), "Subscribe", "true");
                BufferedReader two = stream(proxy, Version.HTTP_2, log(), "Subscribe", "true");
                BufferedReader three = stream(proxy, Version.HTTP_1_1, "/realtime", "Accept", "text/event-stream");
                BufferedReader four = stream(proxy, Version.HTTP_2, "/realtime", "Accept", "text/event-stream")) {
            service.stop();
            for (BufferedReader stream : List.of(one, three)) {
                assertCut(stream);
            }
            if (example.keepsCutsOverHttp2()) {
                for (BufferedReader stream : List.of(two, four)) {
                    assertCut(stream);
                }
            }
        }
    }

    private static void assertCut(BufferedReader stream) {
        assertThatThrownBy(() -> stream.lines().forEach(line -> {}))
                .as("not an end in order")
                .isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void bodiesOfTwoMegabytesPass(Example example) throws Exception {
        try (ProxyProgram proxy = before(example, replicas.get(0))) {
            int space = (2 << 20) - message("").length();
            assertThat(put(proxy, UUID.randomUUID(), message(" ".repeat(space))))
                    .isEqualTo(200);
            String tooLarge = message(" ".repeat(space + 1));
            // Java's own client waits for ever for an answer over HTTP/2 that comes before it has sent everything.
            assertThat(raw(
                            proxy,
                            "PUT " + log() + "/" + UUID.randomUUID()
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + account.token() + "\r\nContent-Type: application/json\r\nContent-Length: "
                                    + tooLarge.length() + "\r\nConnection: close\r\n\r\n" + tooLarge))
                    .startsWith("HTTP/1.1 413 ");
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void nothingOfOperatorsIsPublic(Example example) throws Exception {
        try (ProxyProgram proxy = before(example, replicas.get(0))) {
            for (String address : List.of(
                    "/q/metrics",
                    "/q/info",
                    "/q/health",
                    "/q/health/ready",
                    "/q/openapi",
                    "/./q/info",
                    "/%71/info",
                    "/%71/health/ready",
                    "//q/health/ready",
                    "/api/../q/health/ready",
                    "/api/%2e%2e/q/metrics",
                    "/api/%2e%2e/q/health/ready",
                    "/api/.%2E/q/health/ready",
                    "/api/%2e%2e%2fq/health/ready",
                    "/health/../q/health/ready")) {
                assertThat(get(proxy, address))
                        .as(address)
                        .matches("(?s)HTTP/1\\.[01] [34]\\d\\d .*")
                        .doesNotContain("\"status\": \"UP\"", "\"status\":\"UP\"", "jvm_", "openapi:");
            }
            assertThat(get(proxy, "/health")).contains(" 200 ", "UP");
        }
    }

    /** The answer to an address as it is written here, which no client would send so. */
    private static String get(ProxyProgram proxy, String address) throws IOException {
        return raw(proxy, "GET " + address + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    /** What comes back, also where it comes before everything was sent. */
    private static String raw(ProxyProgram proxy, String request) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) proxy.trusting().getSocketFactory().createSocket("localhost", proxy.port())) {
            SSLParameters parameters = socket.getSSLParameters();
            // Not by itself for a name without a dot.
            parameters.setServerNames(List.of(new SNIHostName("localhost")));
            socket.setSSLParameters(parameters);
            socket.setSoTimeout((int) LIMIT.toMillis());
            try {
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            } catch (IOException answeredBefore) {
                assertThat(request).startsWith("PUT ");
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
