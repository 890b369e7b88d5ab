package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Friends.quoted;
import static org.xfchat.testing.Person.logPath;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidReader;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.OpenApiCheck;
import org.xfchat.testing.TestDatabase;

/** Subscriptions in Braid's form (contract 2.2 and 2.4); what they resume from is in {@link BraidResumeTest}. */
@QuarkusTest
@Tag("messages")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class BraidStreamTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, String> SUBSCRIBE = Map.of("Subscribe", "true");

    /** What could be taken for the end of a line, of an update, of an event or of JSON. */
    static final List<String> AWKWARD = List.of(
            "😀 é שלום 👩‍👩‍👧‍👦 e\u0301",
            "a\u2028b\u2029c\u0085d",
            "\r\n\r\nVersion: \"x\"\r\nContent-Length: 2\r\n\r\n[]",
            "data: {}\n\nid: 1\n: ok\n",
            "]\n,\n{\"id\":\"x\"}\n",
            "\\u0041 \\ \" ' / \t \u0001 \u007f \ufeff",
            "}");

    private List<String> elements() {
        JsonNode state = bob.request().get(logPath(conversation)).as(JsonNode.class);
        return StreamSupport.stream(state.spliterator(), false)
                .map(JsonNode::toString)
                .toList();
    }

    private static String update(Object version, Object parent, String range, String body) {
        return "Version: " + quoted(version) + "\r\nParents: " + quoted(parent)
                + "\r\nContent-Type: application/json\r\n" + range + "Content-Length: " + body.length() + "\r\n\r\n"
                + body + "\r\n\r\n";
    }

    private static void awaitText(HttpStream stream, String expected) {
        await().atMost(SOON).until(() -> stream.count() >= expected.length());
        assertThat(stream.text()).isEqualTo(expected);
    }

    @Nested
    class Head {
        private HttpResponse<InputStream> head(String... headers) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + RestAssured.port + logPath(conversation)))
                    .headers(headers)
                    .header("Authorization", "Bearer " + bob.token())
                    .timeout(SOON)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            response.body().close();
            return response;
        }

        @Test
        void saysExactlyWhatItHasToSay() throws IOException, InterruptedException {
            HttpResponse<InputStream> response =
                    head("Subscribe", "true", "Accept", "*/*", "Accept-Encoding", "gzip, deflate");
            assertThat(response.statusCode()).isEqualTo(209);
            Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
            OpenApiCheck.ON_EVERY_ANSWER.forEach(
                    header -> assertThat(headers.remove(header)).hasSize(1));
            assertThat(headers)
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "subscribe", List.of("true"),
                            "content-type", List.of("application/http-history"),
                            "current-version", List.of(quoted(conversation)),
                            "cache-control", List.of("no-cache, no-transform, no-store"),
                            "x-accel-buffering", List.of("no"),
                            "vary", List.of("Accept, Subscribe, Parents, Version, Last-Event-ID, Authorization"),
                            "transfer-encoding", List.of("chunked")));
        }

        @Test
        void echoesTheFormOfSubscribeAndTheHeartbeatsThatWereAskedFor() throws IOException, InterruptedException {
            HttpResponse<InputStream> response = head("Subscribe", "?1", "Heartbeats", "7.50 s");
            assertThat(response.headers().firstValue("subscribe")).hasValue("?1");
            assertThat(response.headers().firstValue("heartbeats")).hasValue("7.5s");
            assertThat(head("Subscribe", "?1", "Heartbeats", "100000").headers().firstValue("heartbeats"))
                    .hasValue("60s");
        }

        @Test
        void ignoresHeartbeatsThatAreNone() throws IOException, InterruptedException {
            for (String heartbeats : List.of("0", "-1", "text", "\"7\"", "99999999999999999999", "1e9")) {
                HttpResponse<InputStream> response = head("Subscribe", "true", "Heartbeats", heartbeats);
                assertThat(response.statusCode()).isEqualTo(209);
                assertThat(response.headers().firstValue("heartbeats")).isEmpty();
            }
        }

        @Test
        void isThatOfASubscriptionWhateverSubscribeSays() {
            for (String subscribe : List.of("", "true", "?1", "keep-alive", "TRUE")) {
                try (HttpStream stream = friends.read(bob, "", Map.of("Subscribe", subscribe))) {
                    assertThat(stream.status()).isEqualTo(209);
                }
            }
        }
    }

    @Nested
    class Body {
        @Test
        void ofAnEmptyLogBeginsAtOnceWithABlankLineAndTheRoot() {
            try (HttpStream stream = friends.read(bob, "", SUBSCRIBE)) {
                awaitText(
                        stream,
                        "\r\nVersion: " + quoted(conversation)
                                + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]\r\n\r\n");
            }
        }

        @Test
        void beginsAtOnceAlsoWhenThereIsNothingToSay() {
            UUID newest = alice.say(conversation, "first");
            try (HttpStream stream = friends.read(bob, "", Map.of("Subscribe", "true", "Parents", quoted(newest)))) {
                awaitText(stream, "\r\n");
                UUID next = alice.say(conversation, "next");
                awaitText(
                        stream,
                        "\r\n"
                                + update(
                                        next,
                                        newest,
                                        "Content-Range: json [-0:-0]\r\n",
                                        "[\n" + elements().get(1) + "\n]"));
            }
        }

        @Test
        void isTheStateAndThenEachMessageByteForByte() {
            UUID first = alice.say(conversation, "first");
            UUID second = bob.say(conversation, "second");
            List<String> state = elements();
            String expected = "\r\n" + update(second, first, "", "[\n" + state.get(0) + "\n,\n" + state.get(1) + "\n]");
            try (HttpStream stream = friends.read(bob, "", SUBSCRIBE)) {
                awaitText(stream, expected);
                assertThat(stream.header("current-version")).hasValue(quoted(second));
                UUID parent = second;
                for (String text : List.of("third", "fourth")) {
                    UUID next = (text.equals("third") ? alice : bob).say(conversation, text);
                    List<String> all = elements();
                    String element = all.get(all.size() - 1);
                    expected += update(next, parent, "Content-Range: json [-0:-0]\r\n", "[\n" + element + "\n]");
                    awaitText(stream, expected);
                    parent = next;
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 50, 60})
        void showsTheLastFiftyOrAsManyAsAskedFor(int limit) {
            friends.fill(1, 60);
            String query = limit == 50 ? "" : "?limit=" + limit;
            try (BraidSubscriber subscriber =
                    BraidSubscriber.open(friends.subscription(bob).query(query))) {
                subscriber.awaitSize(limit, SOON);
                UUID live = alice.say(conversation, "live");
                subscriber.awaitSize(limit + 1, SOON);
                assertThat(subscriber.messages().stream()
                                .map(message -> message.path("crdt_timestamp").asInt()))
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(61 - limit, 61).boxed().toList());
                assertThat(subscriber.lastVersion()).isEqualTo(live.toString());
            }
        }

        @Test
        void isSevenBitWithAMessageALineWhateverItSays() {
            AWKWARD.forEach(text -> alice.say(conversation, text));
            try (HttpStream stream = friends.read(bob, "", SUBSCRIBE)) {
                BraidReader reader = new BraidReader();
                await().atMost(SOON).until(() -> stream.text().endsWith("]\r\n\r\n"));
                AWKWARD.forEach(text -> alice.say(conversation, text));
                await().atMost(SOON)
                        .until(() -> stream.text().split("Content-Range", -1).length == 1 + AWKWARD.size()
                                && stream.text().endsWith("]\r\n\r\n"));
                stream.checkSevenBit();
                reader.feed(stream.body());
                assertThat(reader.messages().stream()
                                .map(message -> message.path("content").asText()))
                        .containsExactlyElementsOf(Stream.concat(AWKWARD.stream(), AWKWARD.stream())
                                .toList());
                assertThat(stream.text().lines().filter(line -> line.startsWith("{") && line.endsWith("}")))
                        .hasSize(2 * AWKWARD.size());
            }
        }

        @Test
        void beatsAsAskedFor() {
            try (BraidSubscriber subscriber =
                    BraidSubscriber.open(friends.subscription(bob).header("Heartbeats", "1s"))) {
                // One is the first byte.
                await().atMost(SOON).until(() -> subscriber.heartbeats() >= 3);
                subscriber.check();
                assertThat(subscriber.stream().header("heartbeats")).hasValue("1s");
                assertThat(subscriber.statuses()).containsExactly(209);
            }
        }

        @Test
        void isTheSameOnEveryDeviceAndForTheSender() {
            try (BraidSubscriber phone = BraidSubscriber.open(friends.subscription(alice));
                    BraidSubscriber desk = BraidSubscriber.open(friends.subscription(alice));
                    BraidSubscriber other = BraidSubscriber.open(friends.subscription(bob))) {
                List<BraidSubscriber> all = List.of(phone, desk, other);
                all.forEach(subscriber -> subscriber.awaitConnected(SOON));
                List<String> sent = IntStream.range(0, 20)
                        .mapToObj(i -> alice.say(conversation, "message " + i).toString())
                        .toList();
                for (BraidSubscriber subscriber : all) {
                    subscriber.awaitSize(20, SOON);
                    assertThat(subscriber.ids()).isEqualTo(sent);
                }
            }
        }
    }

    @Nested
    class Refused {
        @Test
        void isAVersionToSubscribeTo() {
            UUID first = alice.say(conversation, "first");
            for (Map<String, String> headers : List.of(
                    Map.of("Subscribe", "true", "Version", quoted(first)),
                    Map.of("Accept", "text/event-stream", "Version", quoted(first)))) {
                try (HttpStream answer = friends.read(bob, "", headers)) {
                    assertThat(answer.status()).isEqualTo(400);
                }
            }
        }
    }

    @Test
    void headOpensNoStream() {
        UUID first = alice.say(conversation, "first");
        for (Map<String, String> headers :
                List.of(SUBSCRIBE, Map.of("Accept", "text/event-stream"), Map.of("Parents", quoted(conversation)))) {
            assertThat(bob.request()
                            .headers(headers)
                            .head(logPath(conversation))
                            .getHeader("Version"))
                    .isEqualTo(quoted(first));
        }
    }
}
