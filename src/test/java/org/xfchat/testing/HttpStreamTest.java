package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.ScriptedServer.chunked;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.HttpStream.Request;

/** Tells how a stream ended, and what exactly came. */
class HttpStreamTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Request GET = Request.get("/x", Map.of("Accept", "*/*"));

    private static End end(ScriptedServer.Answer answer) throws IOException {
        try (ScriptedServer server = new ScriptedServer(answer);
                HttpStream stream = HttpStream.open(server.port(), GET)) {
            return stream.awaitEnd(SOON);
        }
    }

    @Test
    void readsChunksPieceByPiece() throws IOException {
        List<String> pieces = new CopyOnWriteArrayList<>();
        try (ScriptedServer server =
                        new ScriptedServer(ScriptedServer.open(chunked(209, "ab", "c", "def") + "0\r\n\r\n"));
                HttpStream stream =
                        HttpStream.open(server.port(), GET, (self, piece) -> pieces.add(new String(piece, UTF_8)))) {
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CLEAN);
            assertThat(stream.status()).isEqualTo(209);
            assertThat(stream.header("transfer-encoding")).contains("chunked");
            assertThat(stream.text()).isEqualTo("abcdef");
            assertThat(pieces).containsExactly("ab", "c", "def");
            assertThat(server.requests()).containsExactly("GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n");
        }
    }

    @Test
    void tellsACleanEndFromAnAbort() throws IOException {
        assertThat(end(ScriptedServer.closed(chunked(200, "ab") + "0\r\n\r\n"))).isEqualTo(End.CLEAN);
        assertThat(end(ScriptedServer.closed(chunked(200, "ab") + "0\r\n"))).isEqualTo(End.ABORTED);
        assertThat(end(ScriptedServer.closed(chunked(200, "ab")))).isEqualTo(End.ABORTED);
        assertThat(end(ScriptedServer.closed(chunked(200, "ab") + "5\r\nabc"))).isEqualTo(End.ABORTED);
        assertThat(end(ScriptedServer.closed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab")))
                .isEqualTo(End.CLEAN);
        assertThat(end(ScriptedServer.closed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")))
                .isEqualTo(End.ABORTED);
        assertThat(end(ScriptedServer.closed("HTTP/1.1 200 OK\r\n"))).isEqualTo(End.ABORTED);
        assertThat(end(ScriptedServer.closed(""))).isEqualTo(End.ABORTED);
    }

    @Test
    void takesAnEndWithoutAnAnnouncementForAClean() throws IOException {
        assertThat(end(ScriptedServer.closed("HTTP/1.1 200 OK\r\n\r\nab"))).isEqualTo(End.CLEAN);
    }

    @Test
    void tellsAResetFromACleanEnd() throws IOException {
        assertThat(end(connection -> {
                    ScriptedServer.open("HTTP/1.1 200 OK\r\n\r\nab").to(connection);
                    connection.setSoLinger(true, 0);
                    connection.close();
                }))
                .isEqualTo(End.ABORTED);
    }

    @Test
    void isAbortedWhereNobodyListens() throws IOException {
        int port;
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(""))) {
            port = server.port();
        }
        try (HttpStream stream = HttpStream.open(port, GET)) {
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.ABORTED);
            assertThat(stream.status()).isZero();
        }
    }

    @Test
    void cutsItselfAfterSoManyBytes() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, "ab", "cdef")));
                HttpStream stream = HttpStream.open(server.port(), GET.cutAfter(3))) {
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CUT);
            assertThat(stream.text()).isEqualTo("abc");
        }
    }

    @Test
    void isCutByClosing() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, "ab")))) {
            HttpStream stream = HttpStream.open(server.port(), GET);
            await().atMost(SOON).until(() -> stream.count() == 2);
            assertThat(stream.end()).isEmpty();
            stream.close();
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CUT);
        }
    }

    @Test
    void doesNotReadWhilePaused() throws IOException {
        String big = "x".repeat(1 << 20);
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    for (int i = 0; i < 32; i++) {
                        ScriptedServer.open(
                                        i == 0
                                                ? chunked(209, big)
                                                : Integer.toHexString(1 << 20) + "\r\n" + big + "\r\n")
                                .to(connection);
                    }
                    ScriptedServer.closed("0\r\n\r\n").to(connection);
                });
                HttpStream stream = HttpStream.open(server.port(), GET.unrecorded(), (self, piece) -> {
                    if (self.count() <= piece.length) {
                        self.pause();
                    }
                })) {
            assertThat(stream.status()).isEqualTo(209);
            await().atMost(SOON).until(() -> stream.count() > 0);
            long atPause = stream.count();
            // Two megabytes each way are all that systems keep for a connection.
            assertThat(stream.count()).isEqualTo(atPause).isLessThan(64 << 10);
            assertThat(stream.end()).isEmpty();
            stream.resume();
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CLEAN);
            assertThat(stream.count()).isEqualTo(32L << 20);
            assertThat(stream.body()).isEmpty();
        }
    }

    @Test
    void readsAsSlowlyAsToldTo() throws IOException {
        List<Integer> pieces = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    ScriptedServer.open(chunked(209, "ab")).to(connection);
                    connection.getInputStream().read();
                });
                HttpStream stream = HttpStream.open(server.port(), GET, (self, piece) -> {
                    self.readSlowly(1, Duration.ofMillis(1));
                    pieces.add(piece.length);
                })) {
            await().atMost(SOON).until(() -> stream.count() == 2);
            assertThat(pieces).startsWith(2);
        }
    }

    @Test
    void notesABodyThatIsNotAscii() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, "a\u00e9") + "0\r\n\r\n"));
                HttpStream stream = HttpStream.open(server.port(), GET)) {
            stream.awaitEnd(SOON);
            assertThatThrownBy(stream::checkSevenBit).isInstanceOf(AssertionError.class);
            assertThat(stream.body()).containsExactly('a', 0xe9);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 OK\r\n",
                "HTTP/1.1 200 OK\n\n",
                "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"
            })
    void saysWhatIsWrong(String answer) throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(answer));
                HttpStream stream = HttpStream.open(server.port(), GET)) {
            assertThat(stream.awaitEnd(SOON)).isIn(End.WRONG, End.CLEAN);
            if (stream.awaitEnd(SOON) == End.WRONG) {
                assertThatThrownBy(stream::check).isInstanceOf(AssertionError.class);
            }
        }
    }

    @Test
    void sendsABody() throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(ScriptedServer.open("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                HttpStream stream = HttpStream.open(server.port(), Request.put("/y", Map.of(), "{}"))) {
            assertThat(stream.awaitEnd(SOON)).isEqualTo(End.CLEAN);
            assertThat(server.requests())
                    .containsExactly("PUT /y HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}");
        }
    }
}
