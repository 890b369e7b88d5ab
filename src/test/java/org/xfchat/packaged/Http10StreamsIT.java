package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.Service;
import org.xfchat.testing.TestDatabase;

/**
 * Streams over HTTP/1.0, which proxies speak that nobody has told otherwise. The end of the connection is the end of the answer
 * there: only a reset says that there would have been more, and after an end in order the old client stops for ever.
 */
class Http10StreamsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    private static Replicas replicas;
    private static Client.Account account;
    private static UUID conversation;

    private final List<RawConnection> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        replicas = Replicas.start(1, Map.of("XFCHAT_HTTP_STALL_TIMEOUT", "2S"));
        account = replicas.signUp(1).get(0);
        conversation = replicas.conversationOf(List.of(account));
        replicas.fill(conversation, account, 2_000, "repeat('x', 8000)");
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @AfterEach
    void close() {
        open.forEach(RawConnection::close);
    }

    private RawConnection request(Service service, String target, String token, String headers) {
        RawConnection connection = new RawConnection(service);
        open.add(connection);
        connection.send("GET " + target + " HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                + headers + "\r\n\r\n");
        return connection;
    }

    private static String log() {
        return "/sync/conversations/" + conversation + "/messages";
    }

    /** One stream of each kind, each of which has begun. */
    private List<RawConnection> streams(Service service, String token) {
        List<RawConnection> streams = List.of(
                request(service, log(), token, "Subscribe: true"),
                request(service, log(), token, "Accept: text/event-stream"),
                request(service, "/chat", token, "Subscribe: true"),
                request(service, "/realtime", token, "Accept: text/event-stream"));
        for (RawConnection stream : streams) {
            assertThat(stream.awaitStatus(LIMIT)).isIn(200, 209);
            assertThat(stream.text()).doesNotContainIgnoringCase("transfer-encoding");
        }
        return streams;
    }

    private static void assertReset(List<RawConnection> streams) {
        for (RawConnection stream : streams) {
            assertThat(stream.awaitEnd(LIMIT)).isTrue();
            assertThat(stream.wasReset()).isTrue();
        }
    }

    @Test
    void areResetWhenTheServiceStops() {
        Service service = replicas.add();
        List<RawConnection> streams = streams(service, account.token());
        service.stop();
        assertReset(streams);
    }

    @Test
    void areResetWhenTheProcessIsKilled() {
        Service service = replicas.add();
        List<RawConnection> streams = streams(service, account.token());
        service.kill();
        assertReset(streams);
    }

    @Test
    void areResetWhenTheTokenEnds() {
        Instant expires = Instant.now().minus(LEEWAY).plusSeconds(5);
        assertReset(streams(replicas.get(0), Jwt.signed(TestDatabase.JWT_SECRET, Jwt.claims(account.id(), expires))));
    }

    @Test
    void areResetWhenNobodyReads() {
        RawConnection stream =
                request(replicas.get(0), log(), account.token(), "Accept: text/event-stream\r\nLast-Event-ID: 0");
        Client client = new Client(replicas.get(0));
        await("it is cut")
                .atMost(LIMIT)
                .until(() -> client.get("/q/metrics")
                        .body()
                        .lines()
                        .anyMatch(line -> line.startsWith("xfchat_stream_closed_total")
                                && line.contains("stalled")
                                && !line.endsWith(" 0.0")));
        assertReset(List.of(stream));
    }

    /** Twenty messages, which is all that was asked for. */
    @Test
    void anAnswerThatIsCompleteEndsInOrder() {
        RawConnection all =
                request(replicas.get(0), log() + "?limit=20", account.token(), "Parents: \"" + conversation + "\"");
        assertThat(all.awaitEnd(LIMIT)).isTrue();
        assertThat(all.wasReset()).isFalse();
        assertThat(all.statuses()).containsExactly(209);
    }
}
