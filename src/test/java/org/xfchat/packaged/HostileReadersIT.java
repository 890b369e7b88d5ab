package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Extent;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;

/**
 * Clients that read slowly, or not at all, or are gone before they are answered: strangers notice nothing, and afterwards
 * nothing of it is left. The service has 256 MiB and the limits of a new installation, but gives up a stalled reader sooner.
 */
class HostileReadersIT {
    private static final String STALL = Extent.of("3S", "5S");
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int LARGE = 1 << 20;

    /** Of one connection. */
    private static final int STREAMS = 128;

    /** Of 4 MiB each, together more than what is counted for clients. */
    private static final int WINDOWS = Extent.of(25, 60);

    /** Streams that others have open meanwhile. */
    private static final int STRANGERS = 2;

    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(Map.of("XFCHAT_HTTP_STALL_TIMEOUT", STALL));

    private static Replicas replicas;
    private static Service service;
    private static Client client;

    @BeforeAll
    static void start() {
        replicas = ATTACKED.replicas();
        service = ATTACKED.service();
        client = ATTACKED.client();
    }

    private static double metric(String name) {
        return ATTACKED.metric(name);
    }

    private static Map<String, String> headers(Client.Account account, String... more) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Authorization", "Bearer " + account.token());
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], more[i + 1]);
        }
        return headers;
    }

    private HttpStream events(Client.Account account, UUID conversation, String... more) {
        Map<String, String> headers = headers(account, more);
        headers.put("Accept", "text/event-stream");
        HttpStream stream = HttpStream.open(
                service.port(),
                Request.get(Person.logPath(conversation), headers).unrecorded());
        return ATTACKED.closing(stream);
    }

    /** A stream of somebody who reads nothing, whatever comes. */
    private RawConnection unread(Client.Account account, String target, String... more) {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: x\r\n");
        headers(account, more)
                .forEach((name, value) ->
                        request.append(name).append(": ").append(value).append("\r\n"));
        return ATTACKED.connect(request.append("\r\n").toString());
    }

    /** Kept for life, these would take more than there is. */
    @Test
    void windowsAreForgottenOnceTheyAreWritten() {
        Client.Account reader = replicas.signUp(1).get(0);
        UUID conversation = replicas.conversationOf(List.of(reader));
        replicas.fill(conversation, reader, 4, "repeat('x', 1048576)");
        for (int i = 0; i < WINDOWS; i++) {
            HttpStream stream = events(reader, conversation);
            assertThat(stream.status()).isEqualTo(200);
            await("the window").atMost(SOON).until(() -> stream.count() > 3L * LARGE);
        }
        assertThat(metric("xfchat_stream_open")).isGreaterThanOrEqualTo(WINDOWS);
        await("what was written is not counted any more")
                .atMost(SOON)
                .untilAsserted(
                        () -> assertThat(metric("xfchat_memory_used_bytes")).isZero());
    }

    /** Half of them are behind, the others want a window of 4 MiB, and all take nothing. */
    @Test
    void whoReadsNothingHoldsNoMoreThanHisPart() {
        for (Client.Account reader : replicas.signUp(4)) {
            UUID conversation = replicas.conversationOf(List.of(reader));
            replicas.fill(conversation, reader, 40, "repeat(chr(233), 500000)");
            for (int i = 0; i < 45; i++) {
                unread(reader, Person.logPath(conversation), "Accept", "text/event-stream", "Last-Event-ID", "0");
                unread(reader, Person.logPath(conversation), "Accept", "text/event-stream");
            }
        }
        for (int i = 0; i < 5; i++) {
            ATTACKED.strangers().areServed();
            assertThat(metric("xfchat_memory_used_bytes")).isLessThan(64.0 * LARGE);
        }
        await("given up").atMost(SOON).until(() -> metric("xfchat_stream_closed_total") > 0);
    }

    @Test
    void snapshotsOfTheRoomThatNobodyReadsAreBoundedToo() {
        List<Client.Account> readers = replicas.signUp(2);
        for (Client.Account reader : readers) {
            for (int i = 0; i < 90; i++) {
                unread(reader, "/chat?limit=" + (i + 100), "Subscribe", "true");
            }
        }
        for (int i = 0; i < 60; i++) {
            HttpResponse<String> said = client.send(HttpRequest.newBuilder(service.uri("/chat"))
                    .header("Content-Type", "application/json")
                    .header(
                            "Authorization",
                            "Bearer " + ATTACKED.strangers().talker().token())
                    .PUT(HttpRequest.BodyPublishers.ofString("{\"text\":\"" + "\\u00e9".repeat(4_900) + "\"}")));
            assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
        }
        ATTACKED.strangers().areServed();
    }

    /** Of a message that takes the socket several times as long as a stall. */
    @Test
    @Tag("nightly")
    void aSlowButSteadyReaderGetsALargeMessage() {
        List<Client.Account> people = replicas.signUp(2);
        UUID conversation = replicas.conversationOf(people);
        HttpStream slow = events(people.get(1), conversation);
        assertThat(slow.status()).isEqualTo(200);
        slow.readSlowly(8 << 10, Duration.ofMillis(100));
        HttpResponse<String> sent = client.send(HttpRequest.newBuilder(
                        service.uri(Person.logPath(conversation) + "/" + UUID.randomUUID()))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + people.get(0).token())
                .PUT(HttpRequest.BodyPublishers.ofString("{\"content\":\"" + "\u00e9".repeat(400_000) + "\"}")));
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        await("a large message, at 80 kB a second")
                .atMost(Duration.ofMinutes(2))
                .until(() -> slow.count() > 6L * 400_000 || slow.end().isPresent());
        assertThat(slow.end()).isEmpty();
    }

    /** At once, or while the head is on its way. */
    @Test
    void whoIsGoneBeforeTheStreamOpensLeavesNothing() throws InterruptedException {
        Client.Account reader = replicas.signUp(1).get(0);
        UUID conversation = replicas.conversationOf(List.of(reader));
        Random random = new Random(7);
        for (int i = 0; i < Extent.of(100, 400); i++) {
            RawConnection connection = i % 2 == 0
                    ? unread(reader, Person.logPath(conversation), "Accept", "text/event-stream")
                    : http2(reader, conversation, new Http2Settings());
            // Between the request and its answer, wherever that is on this machine.
            TimeUnit.MICROSECONDS.sleep(random.nextInt(15_000));
            connection.close();
        }
        await("all are closed")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(metric("xfchat_stream_open")).isLessThanOrEqualTo(STRANGERS));
    }

    private RawConnection http2(Client.Account reader, UUID conversation, Http2Settings settings) {
        Http2Headers request =
                Http2Frames.get(Person.logPath(conversation), reader.token()).add("accept", "text/event-stream");
        return ATTACKED.connect(
                new Http2Frames().settings(settings).headers(1, request, true).bytes());
    }

    static List<Integer> windows() {
        return Extent.of(List.of(1, Integer.MAX_VALUE), List.of(0, 1, 100_000, Integer.MAX_VALUE));
    }

    /** As many streams as one connection may have, of both forms, with windows of 4 MiB. */
    @ParameterizedTest
    @MethodSource("windows")
    void streamsOfHttp2ThatNobodyReadsHoldNoMore(int window) {
        double refused = metric("xfchat_memory_refused_total") + metric("xfchat_stream_closed_total");
        for (Client.Account reader : replicas.signUp(2)) {
            UUID conversation = replicas.conversationOf(List.of(reader));
            replicas.fill(conversation, reader, 40, "repeat(chr(233), 500000)");
            Http2Frames attack = new Http2Frames().settings(new Http2Settings().initialWindowSize(window));
            if (window == Integer.MAX_VALUE) {
                // That of the connection as well, so that only its socket is full.
                attack.frame(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, (byte) 0xff, 0, 0});
            }
            for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                Http2Headers request = Http2Frames.get(Person.logPath(conversation), reader.token());
                attack.headers(
                        stream,
                        stream % 4 == 1 ? request.add("accept", "text/event-stream") : request.add("subscribe", "true"),
                        true);
            }
            ATTACKED.connect(attack.bytes());
        }
        await("some are open, or refused for lack of memory")
                .atMost(SOON)
                .until(() -> metric("xfchat_stream_open") > STRANGERS
                        || metric("xfchat_memory_refused_total") + metric("xfchat_stream_closed_total") > refused);
        for (int i = 0; i < 5; i++) {
            ATTACKED.strangers().areServed();
            assertThat(metric("xfchat_memory_used_bytes")).isLessThan(64.0 * LARGE);
        }
        await("given up, while the connections are open")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(List.of(
                                metric("xfchat_stream_open") <= STRANGERS, metric("xfchat_memory_used_bytes") < LARGE))
                        .as("%s streams, %s bytes", metric("xfchat_stream_open"), metric("xfchat_memory_used_bytes"))
                        .containsOnly(true));
    }

    /** Who announces that it takes no head is sent one all the same, which RFC 9113 section 6.5.2 leaves to the sender. */
    @Test
    void whoTakesNoHeadHasAStreamUntilItGoes() {
        Client.Account reader = replicas.signUp(1).get(0);
        UUID conversation = replicas.conversationOf(List.of(reader));
        List<RawConnection> connections = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            connections.add(http2(reader, conversation, new Http2Settings().maxHeaderListSize(1)));
        }
        ATTACKED.strangers().areServed();
        connections.forEach(RawConnection::close);
        await("none is open but the strangers'")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(metric("xfchat_stream_open")).isEqualTo(STRANGERS));
        assertThat(service.lines()).filteredOn(line -> line.contains(" WARN ")).isEmpty();
    }

    @Test
    void listsOfThousandsOfConversationsAreCut() {
        Client.Account reader = replicas.signUp(1).get(0);
        replicas.server()
                .execute(
                        replicas.database(),
                        "with made as (insert into conversations (id, kind) select gen_random_uuid(), 'group'"
                                + " from generate_series(1, 1000) returning id)"
                                + " insert into conversation_participants (conversation_id, user_id)"
                                + " select made.id, u.id from made, unnest(array['" + reader.id() + "', '"
                                + ATTACKED.strangers().talker().id() + "']::uuid[]) u (id)",
                        "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                                + " select gen_random_uuid(), conversation_id, 1, user_id, repeat('x', 16384), now()"
                                + " from conversation_participants where user_id = '" + reader.id() + "'");
        List<CompletableFuture<HttpResponse<String>>> lists = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> client.send(HttpRequest.newBuilder(service.uri("/api/conversations?kind=group"))
                                .header("Authorization", "Bearer " + reader.token()))))
                .limit(8)
                .toList();
        List<HttpResponse<String>> answers =
                lists.stream().map(CompletableFuture::join).toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 429, 503));
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 200)
                .isNotEmpty()
                .allSatisfy(answer -> {
                    assertThat(answer.body().length()).isLessThan((4 << 20) + 1000);
                    assertThat(answer.body()).contains("\"has_more\":true,\"next\":\"");
                });
    }
}
