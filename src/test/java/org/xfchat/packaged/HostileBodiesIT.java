package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Service;

/** Bodies that do not come, or only slowly: nobody else notices, with the limits that are shipped and 256 MiB. */
class HostileBodiesIT {
    /** The deadline of a request, and what a busy machine takes beyond it. */
    private static final Duration CUT = Duration.ofSeconds(60);

    /** More than there are workers, twice. */
    private static final int MANY = 220;

    private static final int ANONYMOUS = 250;

    /** Beside those of others. */
    private static final int MOST_OF_ONE = 50;

    private static final String BODIES = "xfchat_limit_bodies";
    private static final String MEMORY = "xfchat_memory_used_bytes";
    private static final String DELAYED = "xfchat_limit_delayed_total";

    /** Fewer than may wait, at twenty turns a second. */
    private static final int PACED = 40;

    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(Map.of("XFCHAT_HTTP_DEADLINE", Extent.of("5S", "10S")));

    private static Service service;
    private static Client client;
    private static Client.Account attacker;

    /** Whom the attacker may be known to. */
    private static Client.Account stranger;

    private static UUID conversation;

    private final List<RawConnection> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        service = ATTACKED.service();
        client = ATTACKED.client();
        attacker = ATTACKED.replicas().signUp(1).get(0);
        stranger = ATTACKED.strangers().talker();
        conversation = ATTACKED.strangers().conversation();
    }

    private static void isGivenBack() {
        await("nothing of a body is kept").atMost(CUT).untilAsserted(() -> {
            assertThat(metric(BODIES)).isZero();
            assertThat(metric(MEMORY)).isZero();
        });
    }

    private static double metric(String name) {
        return ATTACKED.metric(name);
    }

    private void send(String request) {
        open.add(ATTACKED.connect(request));
    }

    private static String head(String method, String path, Client.Account account, int length) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + account.token() + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** Requests with a worker, without one, with a body, without one, with a token and without. */
    private static void othersAreServed() {
        assertThat(client.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(authorised("/api/auth/me")).isEqualTo(200);
        assertThat(authorised("/api/contacts")).isEqualTo(200);
        assertThat(authorised("/chat")).isEqualTo(200);
        assertThat(client.put(stranger, conversation, UUID.randomUUID()).statusCode())
                .isEqualTo(200);
        assertThat(client.send(HttpRequest.newBuilder(service.uri("/api/friends/request"))
                                .header("Content-Type", "application/json")
                                .header("Authorization", "Bearer " + stranger.token())
                                .POST(HttpRequest.BodyPublishers.ofString("{")))
                        .statusCode())
                .isIn(400, 429);
    }

    private static int authorised(String path) {
        return client.send(
                        HttpRequest.newBuilder(service.uri(path)).header("Authorization", "Bearer " + stranger.token()))
                .statusCode();
    }

    /** In time, or told that there are too many. */
    private void areAnswered() {
        assertThat(open).allSatisfy(connection -> {
            connection.endOfRequest();
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).isSubsetOf(408, 429).hasSizeLessThanOrEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/friends/respond",
                "PUT /chat",
                "DELETE /api/auth/me",
                "POST /typing",
                "POST /api/friends/request"
            })
    void ofOneUserHoldNoThread(String target) {
        String[] parts = target.split(" ", -1);
        for (int i = 0; i < MANY; i++) {
            send(head(parts[0], parts[1], attacker, 60) + "{");
        }
        othersAreServed();
        assertThat(metric(BODIES)).isLessThanOrEqualTo(MOST_OF_ONE + 1);
        othersAreServed();
        if (target.endsWith("respond")) {
            await("the deadline ends it").atMost(CUT).until(() -> {
                othersAreServed();
                return metric(BODIES) == 0;
            });
            assertThat(open)
                    .allSatisfy(connection -> assertThat(connection.awaitEnd(CUT))
                            .as("those that came in time are cut after 408, the others after 429")
                            .isTrue());
            assertThat(open.stream().flatMap(connection -> connection.statuses().stream()))
                    .contains(408, 429)
                    .containsOnly(408, 429);
        }
    }

    @Test
    void ofNobodyHoldNoThread() {
        for (int i = 0; i < ANONYMOUS; i++) {
            send("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 60\r\n\r\n{");
        }
        othersAreServed();
        await("the deadline ends it").atMost(CUT).until(() -> {
            othersAreServed();
            return metric(BODIES) == 0;
        });
        assertThat(open).allSatisfy(connection -> {
            assertThat(connection.awaitEnd(CUT)).isTrue();
            assertThat(connection.statuses()).containsExactly(408);
        });
    }

    @Test
    void onOneConnectionOfHttp2HoldNoThread() {
        Http2Frames attack = new Http2Frames().settings(new Http2Settings());
        for (int stream = 1; stream < 240; stream += 2) {
            Http2Headers respond = Http2Frames.request("POST", "/api/friends/respond")
                    .add("authorization", "Bearer " + attacker.token())
                    .add("content-type", "application/json");
            attack.headers(stream, respond, false).data(stream, "{".getBytes(US_ASCII), false);
        }
        ATTACKED.connect(attack.bytes());
        othersAreServed();
        await("the deadline ends it").atMost(CUT).until(() -> {
            othersAreServed();
            return metric(BODIES) == 0;
        });
        isGivenBack();
    }

    /** Of each two megabytes but the last byte: an eighth of the memory is all that one may have. */
    @Test
    void largeOnesTakeOnlyTheirPartOfTheMemory() {
        String almost = head(
                        "PUT",
                        "/sync/conversations/" + conversation + "/messages/" + UUID.randomUUID(),
                        attacker,
                        2_000_000)
                + " ".repeat(1_999_999);
        for (int i = 0; i < 40; i++) {
            send(almost);
        }
        othersAreServed();
        assertThat(metric(MEMORY)).isLessThanOrEqualTo(16 << 20);
        areAnswered();
        isGivenBack();
    }

    @Test
    void whoseClientIsGoneAreForgotten() {
        for (int i = 0; i < 40; i++) {
            send(head("PUT", "/chat", attacker, 100_000) + " ".repeat(50_000));
        }
        open.forEach(RawConnection::close);
        isGivenBack();
        othersAreServed();
    }

    /** Before anything of them is there. */
    @Test
    void thatNobodyTakesAreRefusedAtOnce() {
        List<String> refused = List.of(
                "404 " + head("POST", "/nowhere", attacker, 100),
                "405 " + head("POST", "/api/contacts", attacker, 100),
                "401 " + head("POST", "/api/friends/respond", new Client.Account("nobody", UUID.randomUUID()), 100),
                "415 " + head("POST", "/api/friends/respond", attacker, 100).replace("application/json", "text/csv"),
                "413 " + head("POST", "/api/friends/respond", attacker, 3_000_000));
        for (String each : refused) {
            RawConnection connection = ATTACKED.connect(each.substring(4));
            assertThat(connection.awaitStatus(CUT))
                    .as(each.substring(0, 40))
                    .isEqualTo(Integer.parseInt(each.substring(0, 3)));
        }
        isGivenBack();
    }

    @Test
    void thatAreExpectedToBeRefusedOrTakenAreWaitedFor() {
        String head = head(
                        "PUT", "/sync/conversations/" + conversation + "/messages/" + UUID.randomUUID(), stranger, 19)
                .replace("Host: x", "Host: x\r\nExpect: 100-continue");
        RawConnection connection = ATTACKED.connect(head);
        assertThat(connection.awaitStatus(CUT)).isEqualTo(100);
        connection.send("{\"content\":\"hello\"}");
        await().atMost(CUT).until(() -> {
            connection.awaitEnd(Duration.ofMillis(100));
            return connection.statuses().contains(200);
        });
    }

    /** The limit lets them wait for their turn, which comes when nobody is there any more. */
    @Test
    void whoIsGoneWhenTheTurnComesKeepsNoPlace() {
        double before = metric(DELAYED);
        while (metric(DELAYED) == before) {
            for (int i = 0; i < 20; i++) {
                client.put(attacker, conversation, UUID.randomUUID());
            }
        }
        double waiting = metric(DELAYED);
        for (int i = 0; i < PACED; i++) {
            String path = "/sync/conversations/" + conversation + "/messages/" + UUID.randomUUID();
            send(head("PUT", path, attacker, 100) + "{");
        }
        await("most of them wait").atMost(CUT).until(() -> metric(DELAYED) > waiting + PACED / 2);
        open.forEach(RawConnection::reset);
        isGivenBack();
        othersAreServed();
    }
}
