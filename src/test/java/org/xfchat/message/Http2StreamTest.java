package org.xfchat.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Friends.quoted;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidReader;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Streams over HTTP/2 without TLS: many on one connection, each ends by itself. */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class Http2StreamTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LEEWAY = Duration.ofSeconds(60);
    private static final String CLEAN = "clean";

    /** Upgrades its first request and keeps that connection. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

    private final List<Reading> open = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (Reading reading : open) {
            reading.in.close();
        }
    }

    /** A response as it comes in. */
    private static final class Reading {
        private final HttpResponse<InputStream> response;
        private final InputStream in;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        /** How it ended: {@link #CLEAN}, or the client's message. */
        private final CompletableFuture<String> end = new CompletableFuture<>();

        Reading(HttpResponse<InputStream> response) {
            this.response = response;
            this.in = response.body();
            Thread thread = new Thread(this::read, "HTTP/2 reader");
            thread.setDaemon(true);
            thread.start();
        }

        private void read() {
            try {
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    synchronized (body) {
                        body.write(octet);
                    }
                }
                end.complete(CLEAN);
            } catch (IOException aborted) {
                end.complete(aborted.getMessage() + ": " + aborted.getCause());
            }
        }

        byte[] bytes() {
            synchronized (body) {
                return body.toByteArray();
            }
        }

        String text() {
            return new String(bytes(), US_ASCII);
        }

        void awaitText(String part) {
            await().atMost(SOON).until(() -> text().contains(part));
        }
    }

    private Reading get(String token, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + Person.logPath(friends.conversation())))
                .header("Authorization", "Bearer " + token)
                .timeout(SOON);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            Reading reading = new Reading(response);
            open.add(reading);
            return reading;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private static void assertHeaders(Reading reading, int status, String contentType) {
        assertThat(reading.response.statusCode()).isEqualTo(status);
        assertThat(reading.response.headers().firstValue("content-type")).hasValue(contentType);
        assertThat(reading.response.headers().map())
                .doesNotContainKeys("transfer-encoding", "connection", "content-length", "content-encoding");
    }

    @Test
    void aSubscriptionShowsTheStateAndWhatFollows() {
        UUID first = friends.alice().say(friends.conversation(), "first");
        Reading reading = get(friends.bob().token(), "Subscribe", "true");
        assertHeaders(reading, 209, "application/http-history");
        reading.awaitText(first.toString());
        UUID second = friends.alice().say(friends.conversation(), "second é 😀");
        reading.awaitText("Version: " + quoted(second));
        await().atMost(SOON).until(() -> reading.text().endsWith("]\r\n\r\n"));
        BraidReader reader = new BraidReader();
        reader.feed(reading.bytes());
        assertThat(reader.messages().stream()
                        .map(message -> message.path("content").asText()))
                .containsExactly("first", "second é 😀");
    }

    @Test
    void anEmptyOneBeginsAtOnce() {
        Reading reading = get(friends.bob().token(), "Subscribe", "true", "Parents", quoted(friends.conversation()));
        assertHeaders(reading, 209, "application/http-history");
        await().atMost(SOON).until(() -> reading.text().equals("\r\n"));
    }

    @Test
    void eventsComeAsTheyHappen() {
        Reading reading = get(friends.bob().token(), "Accept", "text/event-stream");
        assertHeaders(reading, 200, "text/event-stream");
        reading.awaitText(": ok\n\nretry: 2000\n\n");
        UUID first = friends.alice().say(friends.conversation(), "first");
        reading.awaitText("id: 1\nevent: message\ndata: {\"id\":\"" + first + "\"");
    }

    @Test
    void aRangeEndsCleanly() throws Exception {
        friends.fill(1, 300);
        Reading reading = get(friends.bob().token(), "Parents", quoted(friends.conversation()));
        assertHeaders(reading, 209, "application/http-history");
        assertThat(reading.end.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(CLEAN);
        assertThat(reading.text()).contains("\"crdt_timestamp\":300,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Subscribe: true", "Accept: text/event-stream"})
    void oneThatIsCutIsResetAndTheOthersGoOn(String header) throws Exception {
        String[] mode = header.split(": ", 2);
        Reading other = get(friends.alice().token(), mode);
        String soon = Jwt.signed(
                TestDatabase.JWT_SECRET,
                Jwt.claims(friends.bob().id(), Instant.now().plusSeconds(3).minus(LEEWAY)));
        Reading cut = get(soon, mode);
        String end = cut.end.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(end).isNotEqualTo(CLEAN).containsIgnoringCase("cancel");
        UUID id = friends.alice().say(friends.conversation(), "still here");
        other.awaitText(id.toString());
        assertThat(other.end).isNotDone();
    }

    @Test
    void manyShareOneConnection() {
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            readings.add(
                    i % 2 == 0
                            ? get(friends.bob().token(), "Subscribe", "true")
                            : get(friends.alice().token(), "Accept", "text/event-stream"));
        }
        UUID id = friends.alice().say(friends.conversation(), "for all");
        readings.forEach(reading -> reading.awaitText(id.toString()));
    }

    @Test
    void oneThatTheClientCancelsIsReleased() throws IOException {
        Reading other = get(friends.alice().token(), "Subscribe", "true");
        StreamEndTest.awaitOpen("sse", 0);
        Reading cancelled = get(friends.bob().token(), "Accept", "text/event-stream");
        cancelled.awaitText(": ok\n");
        StreamEndTest.awaitOpen("sse", 1);
        cancelled.in.close();
        StreamEndTest.awaitOpen("sse", 0);
        UUID id = friends.alice().say(friends.conversation(), "still here");
        other.awaitText(id.toString());
    }
}
