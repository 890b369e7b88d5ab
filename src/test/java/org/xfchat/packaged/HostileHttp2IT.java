package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Extent;

/**
 * Connections that want to do harm, over HTTP/2: rapid resets (CVE-2023-44487), endless headers (CVE-2024-27316), floods of
 * frames that cost an answer, headers that grow when they are unpacked. The service has 256 MiB.
 */
class HostileHttp2IT {
    private static final Duration CUT = Duration.ofSeconds(60);
    private static final int IDLE_SECONDS = Extent.of(4, 10);
    private static final byte[] NOTHING = {};

    /** Streams that others have open meanwhile. */
    private static final int STRANGERS = 2;

    @RegisterExtension
    static final Attacked ATTACKED =
            new Attacked(Map.of("LIMITS", "off", "QUARKUS_HTTP_IDLE_TIMEOUT", IDLE_SECONDS + "S"));

    private static Replicas replicas;
    private static Client.Account account;
    private static UUID conversation;

    @BeforeAll
    static void start() {
        replicas = ATTACKED.replicas();
        account = replicas.signUp(1).get(0);
        conversation = replicas.conversationOf(List.of(account));
        replicas.fill(conversation, account, 500, "repeat('x', 8000)");
    }

    private static Http2Frames frames() {
        return new Http2Frames().settings(new Http2Settings());
    }

    /** Sends it and sees the connection ended by the server. */
    private RawConnection isCut(byte[] attack) {
        RawConnection connection = ATTACKED.connect(attack);
        assertThat(connection.awaitEnd(CUT)).as("the connection ends").isTrue();
        return connection;
    }

    private static Http2Headers history() {
        return Http2Frames.get("/api/conversations/" + conversation + "/messages?limit=500", account.token());
    }

    @Test
    void rapidResetsEndTheConnection() {
        Http2Frames attack = frames();
        for (int stream = 1; stream < 4_000; stream += 2) {
            attack.headers(stream, history(), true).reset(stream);
        }
        assertThat(Http2Frames.goneAway(isCut(attack.bytes()).bytes())).contains(11);
    }

    /** RFC 9113, section 5.1.2; of streams that last for ever, which no answer ends. */
    @Test
    void noMoreStreamsAreOpenThanAreAnnounced() {
        Http2Frames attack = frames();
        for (int stream = 1; stream < 600; stream += 2) {
            attack.headers(stream, Http2Frames.get("/chat", account.token()).add("subscribe", "true"), true);
        }
        RawConnection connection = ATTACKED.connect(attack.bytes());
        await("some are open").atMost(CUT).until(() -> openStreams() > 0);
        connection.awaitEnd(Duration.ofSeconds(2));
        assertThat(openStreams()).isLessThanOrEqualTo(128);
        assertThat(Http2Frames.setting(connection.bytes(), Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS))
                .isEqualTo(128);
        assertThat(Http2Frames.setting(connection.bytes(), Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE))
                .isEqualTo(16_384);
        connection.close();
        await("all are closed").atMost(CUT).until(() -> openStreams() == 0);
    }

    /** The attacker's. */
    private static double openStreams() {
        return ATTACKED.metric("xfchat_stream_open") - STRANGERS;
    }

    @ParameterizedTest
    @ValueSource(ints = {12_000, 20_000})
    void headersAreAsLongAsThoseOfHttp11(int length) {
        Http2Headers request = Http2Frames.request("GET", "/health").add("x-long", "x".repeat(length));
        RawConnection connection =
                ATTACKED.connect(frames().headers(1, request, true).bytes());
        connection.awaitEnd(Duration.ofSeconds(IDLE_SECONDS + 5));
        assertThat(new String(connection.bytes(), US_ASCII).contains("\"status\":\"UP\""))
                .isEqualTo(length < 16_384);
    }

    @Test
    void continuationsWithoutEndEndTheConnection() {
        Http2Frames attack = frames().frame(Http2FrameTypes.HEADERS, 1, 0, NOTHING);
        for (int i = 0; i < 20_000; i++) {
            attack.frame(Http2FrameTypes.CONTINUATION, 1, 0, NOTHING);
        }
        isCut(attack.bytes());
    }

    @Test
    void headersThatGrowAreRefused() {
        Http2Headers bomb = history();
        for (int i = 0; i < 20_000; i++) {
            bomb.add("x-bomb", "b".repeat(3_000));
        }
        byte[] attack = frames().headers(1, bomb, true).bytes();
        assertThat(attack.length).as("60 MB, packed").isLessThan(100_000);
        RawConnection connection = ATTACKED.connect(attack);
        connection.awaitEnd(Duration.ofSeconds(IDLE_SECONDS + 5));
        assertThat(connection.bytes().length).as("no history").isLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void floodsOfSettingsAndPingsAreNoBurden(boolean read) {
        Http2Frames attack = frames();
        for (int i = 0; i < Extent.of(10_000, 30_000); i++) {
            attack.ping(i).settings(new Http2Settings());
        }
        RawConnection connection = ATTACKED.connect(attack.bytes());
        ATTACKED.signs().answers();
        if (read) {
            connection.awaitEnd(CUT);
        }
    }

    /** Each answer is 4 MiB, and none of them may be sent. */
    @Test
    void streamsThatNobodyReadsAreGivenUp() {
        Http2Frames attack = new Http2Frames().settings(new Http2Settings().initialWindowSize(0));
        for (int stream = 1; stream < 400; stream += 2) {
            attack.headers(stream, history(), true);
        }
        RawConnection connection = ATTACKED.connect(attack.bytes());
        ATTACKED.signs().answers();
        assertThat(connection.awaitEnd(CUT)).as("ended, as nothing moves").isTrue();
    }

    @Test
    void aLengthThatLiesEndsTheStream() {
        Http2Headers put = Http2Frames.request(
                        "PUT", "/sync/conversations/" + conversation + "/messages/" + UUID.randomUUID())
                .add("authorization", "Bearer " + account.token())
                .add("content-type", "application/json")
                .add("content-length", "5");
        int before = replicas.stored(conversation).size();
        isCut(frames().headers(1, put, false)
                .data(1, "{\"content\":\"smuggled\"}".getBytes(US_ASCII), true)
                .bytes());
        assertThat(replicas.stored(conversation)).hasSize(before);
    }

    @Test
    void whatIsNoFrameEndsTheConnection() {
        isCut("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        isCut(frames().frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[5]).bytes());
        isCut(frames().frame(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[4]).bytes());
        isCut(frames().frame(Http2FrameTypes.DATA, 0, 0, new byte[10]).bytes());
        isCut(frames().frame(Http2FrameTypes.HEADERS, 2, 5, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff})
                .bytes());
        isCut(frames().frame(Http2FrameTypes.DATA, 1, 0, new byte[1 << 20]).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "====", "AAMAAABkAARAAAAAAAIAAAAA\u00ff", "x"})
    void anUpgradeWithRubbishIsAnsweredOrCut(String settings) {
        RawConnection connection = ATTACKED.connect();
        connection.send(
                "GET /api/contacts HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: " + settings + "\r\n\r\n" + "rubbish ".repeat(100));
        assertThat(connection.awaitEnd(CUT)).isTrue();
        assertThat(connection.statuses()).allMatch(status -> status < 500);
    }
}
