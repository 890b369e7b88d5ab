package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Service;

/** Faults of Netty that were in what was shipped, and that the versions in pom.xml do not have. */
class NettyFaultsIT {
    private static final Duration CUT = Duration.ofSeconds(60);
    private static final int IDLE_SECONDS = 2;
    private static final int STREAMS = 128;

    private static Replicas replicas;
    private static Service service;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(1, Map.of("QUARKUS_HTTP_IDLE_TIMEOUT", IDLE_SECONDS + "S"));
        service = replicas.get(0);
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    /** CVE-2026-50020 and its relatives: a proxy may take what is before the method, or around the version, for something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0GET /health HTTP/1.1",
                "\1GET /health HTTP/1.1",
                "\177GET /health HTTP/1.1",
                "\tGET /health HTTP/1.1",
                "\13GET /health HTTP/1.1",
                "GET\0 /health HTTP/1.1",
                "GET /health \0HTTP/1.1",
                "GET /health HTTP/1.1\0"
            })
    void aRequestLineHasNothingThatIsNotPartOfIt(String line) {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send((line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).allMatch(status -> status == 400);
        }
    }

    /** RFC 9112 section 2.2 allows them. */
    @Test
    void emptyLinesBeforeARequestAreNoHarm() {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send("\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).containsExactly(200);
        }
    }

    /**
     * CVE-2026-47244: what is announced has to hold from the first frame on, also for a client that never says that it has read
     * it. The requests never end, so that no answer makes room for others.
     */
    @Test
    void noMoreRequestsAreOpenThanAreAnnounced() {
        Http2Frames attack = new Http2Frames().settings(new Http2Settings());
        int requests = STREAMS + 100;
        for (int i = 0; i < requests; i++) {
            attack.headers(2 * i + 1, endless(), false);
        }
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(attack.bytes());
            connection.awaitEnd(CUT);
            byte[] received = connection.bytes();
            assertThat(Http2Frames.resets(received, 7)).as("refused").hasSize(requests - STREAMS);
        }
    }

    /** RFC 9113 section 3.4: before its settings a client has nothing to say. */
    @Test
    void whoBeginsWithoutSettingsIsNotHeard() {
        try (RawConnection connection = new RawConnection(service)) {
            connection.send(new Http2Frames().headers(1, endless(), false).bytes());
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(Http2Frames.goneAway(connection.bytes())).contains(1);
        }
    }

    private static Http2Headers endless() {
        return Http2Frames.request("POST", "/api/auth/login")
                .add("content-type", "application/json")
                .add("content-length", "1000");
    }
}
