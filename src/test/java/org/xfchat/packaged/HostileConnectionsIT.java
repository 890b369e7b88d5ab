package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xfchat.testing.Extent;

/**
 * Connections that want to do harm, over HTTP/1.1: they are refused, cut or left waiting, while everybody else is served, and
 * leave nothing behind. The service has 256 MiB.
 */
class HostileConnectionsIT {
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(Extent.of(5, 10));

    private static final Duration DEADLINE = Duration.ofSeconds(Extent.of(5, 10));

    /** The deadline of a request, or the idle timeout, and some seconds of a busy machine. */
    private static final Duration CUT = Duration.ofSeconds(60);

    /** A second request where a careless server sees the first one's body. */
    private static final String HIDDEN = "GET /api/contacts HTTP/1.1\r\nHost: x\r\n\r\n";

    private static final int LARGE = 1 << 20;
    private static final int SLOW = Extent.of(300, 1_000);
    private static final int IDLE = Extent.of(1_500, 5_000);

    /** With the framework's log of requests as well, which must not fail over what is none. */
    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(Map.of(
            "LIMITS",
            "off",
            "QUARKUS_HTTP_ACCESS_LOG_ENABLED",
            "true",
            "QUARKUS_HTTP_IDLE_TIMEOUT",
            IDLE_TIMEOUT.toSeconds() + "S",
            "XFCHAT_HTTP_DEADLINE",
            DEADLINE.toSeconds() + "S"));

    private static Client.Account account;
    private static UUID conversation;

    /** What the hidden request, which has no token, would be answered. */
    private static final int TOKEN_MISSING = 401;

    @BeforeAll
    static void start() {
        account = ATTACKED.replicas().signUp(1).get(0);
        conversation = ATTACKED.replicas().conversationOf(List.of(account));
    }

    private static void othersAreAnswered() {
        ATTACKED.signs().answers();
    }

    private static String put(String body, String... headers) {
        return "PUT /sync/conversations/" + conversation + "/messages/" + UUID.randomUUID() + " HTTP/1.1\r\nHost: x\r\n"
                + "Authorization: Bearer " + account.token() + "\r\nContent-Type: application/json\r\n"
                + String.join(
                        "",
                        java.util.Arrays.stream(headers)
                                .map(header -> header + "\r\n")
                                .toList())
                + "\r\n" + body;
    }

    /** Sends it all and reads to the end: only refusals, and what may hide behind it is never taken for a request. */
    private void isRefused(String request) {
        RawConnection connection = ATTACKED.connect(request);
        assertThat(connection.awaitEnd(CUT))
                .as("the connection ends: %s", shown(request))
                .isTrue();
        assertThat(connection.statuses())
                .as(shown(request))
                .allMatch(status -> status >= 400 && status < 500)
                .doesNotContain(TOKEN_MISSING);
    }

    private static String shown(String request) {
        return request.replaceFirst("Bearer [\\w.-]+", "Bearer ...")
                .lines()
                .limit(12)
                .map(line -> line.substring(0, Math.min(120, line.length())))
                .toList()
                .toString();
    }

    @Test
    void halfRequestsInSilenceAreCut() {
        List<RawConnection> slow = new ArrayList<>();
        for (int i = 0; i < SLOW; i++) {
            RawConnection connection = ATTACKED.connect();
            connection.send("GET /api/contacts HTTP/1.1\r\nHost: x\r\nX-" + i + ": ");
            slow.add(connection);
        }
        othersAreAnswered();
        assertThat(slow).allSatisfy(connection -> {
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).isEmpty();
        });
    }

    @Test
    void bodiesByteByByteAreAnsweredAtTheDeadline() {
        List<RawConnection> slow = new ArrayList<>();
        for (int i = 0; i < SLOW / 5; i++) {
            RawConnection connection = ATTACKED.connect();
            connection.send(put("{", "Content-Length: 100000"));
            slow.add(connection);
        }
        long started = System.nanoTime();
        await("the deadline").atMost(CUT).pollInterval(Duration.ofMillis(500)).until(() -> {
            othersAreAnswered();
            slow.forEach(connection -> connection.send(" "));
            return Duration.ofNanos(System.nanoTime() - started).compareTo(DEADLINE.plusSeconds(1)) > 0;
        });
        assertThat(slow).allSatisfy(connection -> {
            connection.endOfRequest();
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).containsExactly(408);
        });
    }

    @Test
    void whatIsTooLargeIsRefused() {
        isRefused("GET /" + "x".repeat(LARGE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        isRefused("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(LARGE) + "\r\n\r\n");
        isRefused("GET / HTTP/1.1\r\nHost: x\r\n" + "X: x\r\n".repeat(LARGE / 6) + "\r\n");
        isRefused("x".repeat(LARGE));
        isRefused(put("", "Content-Length: 9223372036854775807"));
        isRefused(put("{", "Content-Length: 3000000"));
        isRefused(put("1;" + "x".repeat(LARGE) + "\r\n{\r\n", "Transfer-Encoding: chunked"));
        isRefused(put("FFFFFFFFFFFFFFFFF\r\n{", "Transfer-Encoding: chunked"));
        isRefused(put("0\r\n" + "X: x\r\n".repeat(LARGE / 6) + "\r\n", "Transfer-Encoding: chunked"));
    }

    @Test
    void chunksWithoutEndAreCut() {
        RawConnection connection = ATTACKED.connect();
        connection.send(put("", "Transfer-Encoding: chunked"));
        byte[] chunk = ("10000\r\n" + " ".repeat(1 << 16) + "\r\n").getBytes(ISO_8859_1);
        int sent = 0;
        while (sent < 2_000 && connection.send(chunk)) {
            sent++;
        }
        assertThat(sent).as("MiB that were taken, of 64 KiB each").isLessThan(2_000);
        connection.awaitEnd(CUT);
        assertThat(connection.statuses()).allMatch(status -> status == 413).hasSizeLessThan(2);
    }

    /** RFC 9112, sections 2.2, 3.2, 5 and 6: what two servers might take for different requests is one that is refused. */
    @Test
    void ambiguousFramingIsRefused() {
        List.of(
                        "Content-Length: -1",
                        "Content-Length: +40",
                        "Content-Length: 0x10",
                        "Content-Length: 4 0",
                        "Content-Length: 4, 40",
                        "Content-Length: 4\r\nContent-Length: 40",
                        "Content-Length:",
                        "Content-Length: 99999999999999999999999",
                        "Transfer-Encoding: xchunked",
                        "Transfer-Encoding: identity",
                        "Transfer-Encoding: chunked, identity",
                        "Transfer-Encoding: gzip",
                        "Transfer-Encoding : chunked",
                        "Transfer-Encoding:\u000bchunked",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
                        "X: a\rTransfer-Encoding: chunked",
                        "X: a\u0000b\r\nContent-Length: 4",
                        "X Y: a\r\nContent-Length: 4",
                        ": a\r\nContent-Length: 4",
                        "no colon\r\nContent-Length: 4")
                .forEach(header -> isRefused(put(HIDDEN, header)));
    }

    /** Where both are there the chunks count (RFC 9112 section 6.3), and nothing is left for a second request. */
    @Test
    void aLengthBesideChunksDoesNotHideARequest() {
        RawConnection connection = ATTACKED.connect();
        connection.send(put("0\r\n\r\n", "Content-Length: 4", "Transfer-Encoding: chunked", "Connection: close"));
        assertThat(connection.awaitEnd(CUT)).isTrue();
        assertThat(connection.statuses()).containsExactly(400);
    }

    @Test
    void aRequestWithoutOneHostOrOfAnotherProtocolIsRefused() {
        for (String request : List.of(
                "GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
                "GET /health HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /health HTTP/1.1\nHost: x\n\n",
                "GET  /health HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1 x\r\nHost: x\r\n\r\n")) {
            RawConnection connection = ATTACKED.connect();
            connection.send(request + HIDDEN);
            assertThat(connection.awaitEnd(CUT)).as(request).isTrue();
            assertThat(connection.statuses()).as(request).containsExactly(400);
        }
        assertThat(connectAndAsk("GET /health HTTP/1.1\r\n\r\n")).isEqualTo(400);
        isRefused("GET /health\r\n\r\n");
        isRefused("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001" + "\u0000".repeat(200) + "\r\n\r\n");
        isRefused("\r\n".repeat(LARGE / 2));
    }

    private int connectAndAsk(String request) {
        RawConnection connection = ATTACKED.connect();
        connection.send(request);
        return connection.awaitStatus(CUT);
    }

    /** Only so many addresses are told from each other, and those are the service's own. */
    @Test
    void inventedAddressesLeaveTheFiguresOfOthersAlone() {
        for (int i = 0; i < Extent.of(100, 300); i++) {
            assertThat(connectAndAsk("GET /api/\u0001" + i + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .isEqualTo(400);
            connectAndAsk("GET /api/" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        Client client = ATTACKED.client();
        assertThat(client.get("/api/usage").statusCode()).isEqualTo(401);
        await("it is counted")
                .atMost(CUT)
                .untilAsserted(() -> assertThat(client.get("/q/metrics").body())
                        .containsPattern("http_server_requests_seconds_count\\{[^}]*uri=\"/api/usage\"")
                        .containsPattern("http_server_requests_seconds_count\\{[^}]*uri=\"other\"")
                        .doesNotContain("uri=\"/api/1"));
    }

    @Test
    void cutAtEveryByteItIsNoRequest() {
        String request = put("{\"content\":\"hello\"}", "Content-Length: 19");
        for (int length = 0; length < request.length(); length++) {
            RawConnection connection = ATTACKED.connect();
            connection.send(request.substring(0, length));
            connection.endOfRequest();
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).allMatch(status -> status == 400);
            connection.close();
        }
        assertThat(ATTACKED.replicas().stored(conversation)).isEmpty();
    }

    @Test
    void thousandsOfIdleConnectionsAreNoBurden() {
        RawConnection last = ATTACKED.connect();
        for (int i = 1; i < IDLE; i++) {
            last = ATTACKED.connect();
        }
        othersAreAnswered();
        assertThat(last.awaitEnd(CUT)).isTrue();
    }
}
