package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.ScriptedServer.chunked;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.HttpStream.End;

/** Does what the old client does, its faults included (contract 2.1). */
class OldClientTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SECOND = Duration.ofMillis(10);
    private static final UUID CONVERSATION = UUID.randomUUID();

    private static String message(String content) {
        return ("{'id':'00000000-0000-0000-0000-000000000001','conversation_id':'00000000-0000-0000-0000-000000000002',"
                        + "'sender_id':'00000000-0000-0000-0000-000000000003','content':'" + content
                        + "','message_type':{'type':'text'},'timestamp':'2026-01-02T03:04:05.000000Z','is_read':false,"
                        + "'is_delivered':true,'crdt_timestamp':1,'braid_version':'v','braid_parents':['u'],"
                        + "'version_vector':{'versions':{}}}")
                .replace('\'', '"');
    }

    @Nested
    class Reader {
        private final OldClientReader reader = new OldClientReader();

        private List<String> read(String stream) {
            reader.feed(stream.getBytes(UTF_8));
            return contents();
        }

        private List<String> contents() {
            return reader.poll().stream()
                    .map(shown -> shown.path("content").asText())
                    .toList();
        }

        @Test
        void readsEventsWithExactlyOneSpace() {
            assertThat(read("retry: 2000\nid: 1\nevent: message\ndata: " + message("a") + "\n\n"))
                    .containsExactly("a");
            assertThat(read("data:" + message("b") + "\n\n")).isEmpty();
            assertThat(read(": ok\r\n\r\ndata: " + message("c") + "\r\n\r\n")).containsExactly("c");
        }

        @Test
        void readsArraysWithAnElementPerLine() {
            String array = "[\n" + message("a") + "\n,\n" + message("b") + "\n]\r\n\r\n";
            assertThat(read("\r\nVersion: \"v\"\r\nContent-Length: 1\r\n\r\n" + array))
                    .containsExactly("a", "b");
            assertThat(read("[" + message("c") + "]\n")).isEmpty();
            assertThat(read(message("d") + ",\n")).isEmpty();
        }

        @Test
        void readsPiecesOfAnySize() {
            byte[] stream = ("data: " + message("a") + "\n\n[\n" + message("b") + "\n]\r\n").getBytes(UTF_8);
            for (int size = 1; size <= stream.length; size++) {
                for (int at = 0; at < stream.length; at += size) {
                    reader.feed(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)));
                }
                assertThat(contents()).containsExactly("a", "b");
            }
        }

        @Test
        void breaksOnATornCharacter() {
            byte[] stream = "data: \u00fc".getBytes(UTF_8);
            assertThatThrownBy(() -> reader.feed(Arrays.copyOf(stream, stream.length - 1)))
                    .isInstanceOf(OldClientReader.BrokenPieceException.class);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"is_read\":false,",
                    "\"crdt_timestamp\":1,",
                    "\"braid_version\":\"v\",",
                    "\"braid_parents\":[\"u\"],",
                    "\"sender_id\":\"00000000-0000-0000-0000-000000000003\","
                })
        void passesOverAMessageWithoutARequiredField(String field) {
            assertThat(read(message("a").replace(field, "") + "\n")).isEmpty();
            assertThat(reader.discarded()).isEqualTo(1);
        }

        @Test
        void passesOverWhatHasAnotherType() {
            for (String wrong : List.of(
                    message("a").replace("\"crdt_timestamp\":1", "\"crdt_timestamp\":-1"),
                    message("a").replace("\"crdt_timestamp\":1", "\"crdt_timestamp\":1.5"),
                    message("a").replace("\"v\"", "null"),
                    message("a").replace("\"type\":\"text\"", "\"type\":\"edit\""),
                    "{}",
                    "{]}")) {
                assertThat(read("data: " + wrong + "\n")).isEmpty();
            }
            assertThat(reader.discarded()).isEqualTo(6);
        }

        @Test
        void doesWithoutFieldsThatHaveADefault() {
            assertThat(read(message("a")
                                    .replace("\"message_type\":{\"type\":\"text\"},", "")
                                    .replace(",\"version_vector\":{\"versions\":{}}", "")
                            + "\n"))
                    .containsExactly("a");
        }
    }

    private static OldClient open(ScriptedServer server) {
        return OldClient.open(Subscription.to(server::port, "t", CONVERSATION), SECOND);
    }

    private static List<String> contents(OldClient client) {
        return client.messages().stream()
                .map((JsonNode shown) -> shown.path("content").asText())
                .toList();
    }

    @Test
    void asksExactlyAsItDoes() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.open(chunked(209, "\r\n")));
                OldClient client = open(server)) {
            client.awaitConnected(SOON);
            assertThat(server.requests())
                    .containsExactly("GET /sync/conversations/" + CONVERSATION + "/messages HTTP/1.1\r\n"
                            + "Host: 127.0.0.1\r\nAccept: */*\r\nAuthorization: Bearer t\r\nSubscribe: true\r\n\r\n");
        }
    }

    @Test
    void stopsForGoodAtACleanEnd() throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(ScriptedServer.closed(chunked(200, message("a") + "\n") + "0\r\n\r\n"));
                OldClient client = open(server)) {
            client.awaitStopped(SOON);
            assertThat(contents(client)).containsExactly("a");
            assertThat(client.ends()).containsExactly(End.CLEAN);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void comesBackAfterAnAbortOrARefusalAndShowsEverythingAgain() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.closed(chunked(209, message("a") + "\n")),
                        ScriptedServer.closed("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
                        ScriptedServer.closed("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"),
                        ScriptedServer.closed(""),
                        ScriptedServer.open(chunked(209, message("a") + "\n", message("b") + "\n")));
                OldClient client = open(server)) {
            client.awaitSize(3, SOON);
            assertThat(contents(client)).containsExactly("a", "a", "b");
            assertThat(client.statuses()).containsExactly(209, 403, 410, 0, 209);
        }
    }

    @Test
    void comesBackAfterATornCharacter() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.open(chunked(209, "\u00c3", "\u00bc")),
                        ScriptedServer.open(chunked(209, message("a") + "\n")));
                OldClient client = open(server)) {
            client.awaitSize(1, SOON);
            assertThat(client.brokenPieces()).isEqualTo(1);
        }
    }

    @Test
    void sendsOneTextAfterTheOtherAndARefusedOneAgainUnderANewId() throws IOException {
        ScriptedServer.Answer taken =
                ScriptedServer.closed("HTTP/1.1 200 OK\r\nVersion: \"w\", \"x\"\r\nContent-Length: 2\r\n\r\n{}");
        try (ScriptedServer server = new ScriptedServer(
                        ScriptedServer.open(chunked(209, "\r\n")),
                        ScriptedServer.closed("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"),
                        ScriptedServer.closed(""),
                        taken);
                OldClient client = open(server)) {
            client.awaitConnected(SOON);
            client.say("first");
            client.say("second");
            await().atMost(SOON).until(() -> client.sent().size() == 2);
            assertThat(client.sent()).extracting(OldClient.Sent::text).containsExactly("first", "second");
            assertThat(client.sent()).extracting(OldClient.Sent::version).containsOnly("w");
            assertThat(client.refused()).hasSize(2).doesNotHaveDuplicates();
            assertThat(server.requests().get(1))
                    .startsWith("PUT /sync/conversations/" + CONVERSATION + "/messages/"
                            + client.refused().get(0) + " HTTP/1.1\r\n")
                    .endsWith("{\"content\":\"first\",\"message_type\":\"text\"}");
            assertThat(server.requests().get(3))
                    .contains(client.sent().get(0).id().toString());
            assertThat(server.requests().get(4)).endsWith("{\"content\":\"second\",\"message_type\":\"text\"}");
        }
    }
}
