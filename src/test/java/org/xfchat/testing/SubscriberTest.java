package org.xfchat.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.xfchat.testing.ScriptedServer.chunked;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.HttpStream.End;

/** Resumes exactly where it was. */
class SubscriberTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID CONVERSATION = UUID.randomUUID();

    private static Subscription to(ScriptedServer server) {
        return Subscription.to(server::port, "t", CONVERSATION);
    }

    private static String message(int position) {
        return ("{'id':'00000000-0000-0000-0000-00000000000" + position
                        + "','conversation_id':'00000000-0000-0000-0000-000000000000',"
                        + "'sender_id':'00000000-0000-0000-0000-000000000000','content':'x','message_type':{'type':'text'},"
                        + "'timestamp':'2026-01-02T03:04:05.000000Z','is_read':false,'is_delivered':true,'crdt_timestamp':"
                        + position + ",'braid_version':'v" + position + "','braid_parents':['v" + (position - 1)
                        + "']}")
                .replace('\'', '"');
    }

    private static String update(int position) {
        String content = "[\n" + message(position) + "\n]";
        return "Version: \"v" + position + "\"\r\nParents: \"v" + (position - 1)
                + "\"\r\nContent-Type: application/json\r\nContent-Range: json [-0:-0]\r\nContent-Length: "
                + content.length()
                + "\r\n\r\n" + content + "\r\n\r\n";
    }

    private static String event(int position) {
        return "id: " + position + "\nevent: message\ndata: " + message(position) + "\n\n";
    }

    @Test
    void byVersion() throws IOException {
        String second = update(2);
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.closed(chunked(209, "\r\n", update(1), second.substring(0, 100))),
                        ScriptedServer.closed("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"),
                        ScriptedServer.open(chunked(209, "\r\n", second, update(3))));
                BraidSubscriber subscriber = BraidSubscriber.open(to(server), "v0")) {
            subscriber.awaitSize(3, SOON);
            assertThat(subscriber.ids()).doesNotHaveDuplicates().isSorted();
            assertThat(subscriber.lastVersion()).isEqualTo("v3");
            assertThat(subscriber.statuses()).containsExactly(209, 503, 209);
            assertThat(subscriber.ends()).containsExactly(End.ABORTED, End.CLEAN);
            assertThat(server.requests().get(0)).contains("\r\nSubscribe: true\r\n", "\r\nParents: \"v0\"\r\n");
            assertThat(server.requests().get(2)).contains("\r\nParents: \"v1\"\r\n");
        }
    }

    @Test
    void byEventId() throws IOException {
        String second = event(2);
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.closed(chunked(200, ": ok\n\n", event(1), second.substring(0, 50))),
                        ScriptedServer.open(chunked(200, ": ok\n\n", second, event(3))));
                SseSubscriber subscriber = SseSubscriber.open(to(server), "0")) {
            subscriber.awaitSize(3, SOON);
            assertThat(subscriber.ids()).doesNotHaveDuplicates().isSorted();
            assertThat(subscriber.lastEventId()).isEqualTo("3");
            assertThat(subscriber.resets()).isZero();
            assertThat(server.requests().get(0)).contains("\r\nLast-Event-ID: 0\r\n");
            assertThat(server.requests().get(1)).contains("\r\nLast-Event-ID: 1\r\n");
        }
    }

    @Test
    void cutByItself() throws IOException {
        String all = update(1) + update(2);
        long[] cuts = {30, update(1).length() + 5L, Long.MAX_VALUE};
        int[] next = {0};
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.open(chunked(209, all)),
                        ScriptedServer.open(chunked(209, all)),
                        ScriptedServer.open(chunked(209, update(2))));
                BraidSubscriber subscriber = BraidSubscriber.open(
                        to(server).cutAfter(() -> cuts[next[0]++]).idsOnly(), "v0")) {
            subscriber.awaitSize(2, SOON);
            assertThat(subscriber.ids()).doesNotHaveDuplicates().isSorted();
            assertThat(subscriber.ends()).containsExactly(End.CUT, End.CUT);
            assertThat(subscriber.messages().get(0)).hasSize(2);
        }
    }

    @Test
    void notAfterAFinalRefusal() throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(ScriptedServer.closed("HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"));
                BraidSubscriber braid = BraidSubscriber.open(to(server));
                SseSubscriber sse = SseSubscriber.open(to(server))) {
            braid.awaitStopped(SOON);
            sse.awaitStopped(SOON);
            assertThat(braid.statuses()).containsExactly(403);
            assertThat(sse.statuses()).containsExactly(403);
        }
    }

    @Test
    void notAfterSomethingWrong() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, update(2))));
                BraidSubscriber subscriber = BraidSubscriber.open(to(server), "v0")) {
            assertThatThrownBy(() -> subscriber.awaitSize(1, SOON)).isInstanceOf(AssertionError.class);
            assertThat(subscriber.ends()).containsExactly(End.WRONG);
        }
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, "\r\n\u00e9")));
                BraidSubscriber subscriber = BraidSubscriber.open(to(server), "v0")) {
            subscriber.awaitConnected(SOON);
            subscriber.stream().close();
            assertThatThrownBy(() -> subscriber.awaitStopped(SOON)).isInstanceOf(AssertionError.class);
        }
    }
}
