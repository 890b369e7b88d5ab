package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Person;

/** Requests on connections of HTTP/1.1 that do not wait for the answers before them (RFC 9112 section 9.3.2). */
class HostilePipeliningIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Streams that others have open meanwhile. */
    private static final int STRANGERS = 2;

    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(Map.of());

    private static Client.Account reader;
    private static UUID conversation;

    @BeforeAll
    static void start() {
        reader = ATTACKED.replicas().signUp(1).get(0);
        conversation = ATTACKED.replicas().conversationOf(List.of(reader));
    }

    /** A stream that is open, with more to be sent on its connection. */
    private static RawConnection stream() {
        RawConnection connection = ATTACKED.connect("GET " + Person.logPath(conversation)
                + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + reader.token()
                + "\r\n\r\n");
        assertThat(connection.awaitStatus(SOON)).isEqualTo(200);
        return connection;
    }

    /** At once, and by a worker each. */
    @ParameterizedTest
    @CsvSource({"/api/contacts, 401", "/api/conversations, 200"})
    void aFloodOfPipelinedRequestsIsAnsweredAsItIsRead(String path, int status) {
        String token = status == 200 ? "Authorization: Bearer " + reader.token() + "\r\n" : "";
        String get = "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + token + "\r\n";
        for (int i = 0; i < Extent.of(3, 10); i++) {
            RawConnection connection =
                    ATTACKED.connect(get.repeat(400) + get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            ATTACKED.signs().answers();
            assertThat(connection.awaitEnd(SOON)).isTrue();
            assertThat(connection.statuses()).hasSize(401).containsOnly(status);
        }
    }

    /** With half of another request behind that of the stream, which is never carried out. */
    @Test
    void whoIsGoneWithHalfARequestLeavesNothing() {
        String half = "PUT " + Person.logPath(conversation) + "/" + UUID.randomUUID()
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + reader.token()
                + "\r\nContent-Length: 1000\r\n\r\n{\"content\":\"half\"}";
        for (int i = 0; i < 40; i++) {
            RawConnection connection = stream();
            connection.send(half);
            if (i % 2 == 0) {
                connection.reset();
            } else {
                connection.close();
            }
        }
        await("none is open but the strangers'")
                .atMost(SOON)
                .untilAsserted(
                        () -> assertThat(ATTACKED.metric("xfchat_stream_open")).isEqualTo(STRANGERS));
        assertThat(ATTACKED.replicas().stored(conversation)).isEmpty();
    }

    /** Behind a stream, which is never answered to its end. */
    @Test
    void requestsThatWaitBehindAnotherOneAreBounded() {
        byte[] flood = "GET / HTTP/1.1\r\nHost:x\r\n\r\n".repeat(20_000).getBytes(US_ASCII);
        // Each until the service reads no more, or its connection is closed.
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int i = 0; i < Extent.of(15, 50); i++) {
            RawConnection connection = stream();
            threads.execute(() -> connection.send(flood));
        }
        for (int i = 0; i < 3; i++) {
            ATTACKED.strangers().areServed();
            assertThat(ATTACKED.metric("xfchat_memory_used_bytes")).isLessThan(16.0 * (1 << 20));
        }
        ATTACKED.signs().isNotSwollen();
        threads.shutdown();
    }
}
