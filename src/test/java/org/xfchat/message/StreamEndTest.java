package org.xfchat.message;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Friends.quoted;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.TestDatabase;

/** Streams are cut, never ended, and their clients are told why when they come back (contract 6 #17, #18, #30, #33). */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class StreamEndTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    /** Five seconds, and some for a busy machine. */
    private static final Duration RECHECKED = Duration.ofSeconds(60);

    private List<Subscriber> follow(Person reader) {
        return List.of(
                BraidSubscriber.open(friends.subscription(reader), conversation.toString()),
                SseSubscriber.open(friends.subscription(reader), "0"));
    }

    private static Person withTokenUntil(Person person, Instant expires) {
        String token = Jwt.signed(TestDatabase.JWT_SECRET, Jwt.claims(person.id(), expires));
        return new Person(person.id(), person.username(), person.email(), person.password(), token);
    }

    /** The subscribers are cut in time, come back, and are refused; the other side's go on. */
    private void assertCut(Person reader, Runnable cause, Duration limit, int status) {
        List<Subscriber> cut = follow(reader);
        List<Subscriber> others = follow(friends.alice());
        try {
            Stream.of(cut, others).flatMap(List::stream).forEach(subscriber -> subscriber.awaitConnected(SOON));
            cause.run();
            for (Subscriber subscriber : cut) {
                subscriber.awaitAnswers(2, limit);
                subscriber.awaitStopped(SOON);
                assertThat(subscriber.statuses()).hasSize(2).endsWith(status);
                assertThat(subscriber.ends()).containsExactly(End.ABORTED, End.CLEAN);
            }
            friends.alice().say(conversation, "not for everybody");
            for (Subscriber subscriber : others) {
                subscriber.awaitSize(1, SOON);
                assertThat(subscriber.ends()).isEmpty();
            }
            assertThat(cut).allMatch(subscriber -> subscriber.size() == 0);
        } finally {
            Stream.of(cut, others).flatMap(List::stream).forEach(Subscriber::close);
        }
    }

    @Test
    void aTokenEndsItAfterItsLeeway() {
        Instant end = Instant.now().plusSeconds(4);
        Person bob = withTokenUntil(friends.bob(), end.minus(LEEWAY));
        assertCut(bob, () -> {}, SOON, 401);
        assertThat(Instant.now()).isAfter(end.minusSeconds(1));
    }

    @Test
    void aTokenThatEndsInAgesDoesNot() {
        for (String end : List.of("9999-12-31T23:59:59Z", "2500-01-01T00:00:00Z", "2038-01-20T00:00:00Z")) {
            Person bob = withTokenUntil(friends.bob(), Instant.parse(end));
            for (Map<String, String> headers :
                    List.of(Map.of("Subscribe", "true"), Map.of("Accept", "text/event-stream"))) {
                try (HttpStream stream = friends.read(bob, "", headers)) {
                    assertThat(stream.status()).as("%s until %s", headers, end).isIn(200, 209);
                    UUID id = friends.alice().say(conversation, "hello");
                    await().atMost(SOON).until(() -> stream.text().contains(id.toString()));
                    assertThat(stream.end()).isEmpty();
                }
            }
        }
    }

    @Test
    void anAccountThatIsDeletedEndsIt() {
        Person bob = friends.bob();
        assertCut(
                bob,
                () -> bob.request()
                        .body(Map.of("password", bob.password()))
                        .delete("/api/auth/me")
                        .then()
                        .statusCode(204),
                RECHECKED,
                401);
    }

    @Test
    void aParticipantWhoIsRemovedDoesNotGoOn() {
        assertCut(
                friends.bob(),
                () -> Rows.change(
                        "delete from conversation_participants where conversation_id = ? and user_id = ?",
                        conversation,
                        friends.bob().id()),
                RECHECKED,
                403);
    }

    private static int open(String kind) {
        int port = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        String metrics = given().port(port)
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        Matcher gauge = Pattern.compile("xfchat_stream_open\\{[^}]*kind=\"" + kind + "\"[^}]*} ([0-9.]+)")
                .matcher(metrics);
        return gauge.find() ? (int) Double.parseDouble(gauge.group(1)) : 0;
    }

    static void awaitOpen(String kind, int count) {
        await(count + " open streams of the kind " + kind).atMost(SOON).until(() -> open(kind) == count);
    }

    @Test
    void clientsThatVanishAreReleased() {
        awaitOpen("braid", 0);
        awaitOpen("sse", 0);
        List<HttpStream> streams = IntStream.range(0, 10)
                .mapToObj(i -> friends.read(
                        friends.bob(),
                        "",
                        i % 2 == 0 ? Map.of("Subscribe", "true") : Map.of("Accept", "text/event-stream")))
                .toList();
        streams.forEach(stream -> assertThat(stream.status()).isIn(200, 209));
        awaitOpen("braid", 5);
        awaitOpen("sse", 5);
        streams.subList(0, 8).forEach(HttpStream::close);
        awaitOpen("braid", 1);
        awaitOpen("sse", 1);
        UUID id = friends.alice().say(conversation, "hello");
        for (HttpStream stream : streams.subList(8, 10)) {
            await().atMost(SOON).until(() -> stream.text().contains(id.toString()));
            stream.close();
        }
        awaitOpen("braid", 0);
        awaitOpen("sse", 0);
    }

    @Test
    void whatIsCompleteIsReleasedAsWell() {
        friends.fill(1, 100);
        for (int i = 0; i < 5; i++) {
            try (HttpStream range = friends.read(friends.bob(), "", Map.of("Parents", quoted(conversation)))) {
                assertThat(range.awaitEnd(SOON)).isEqualTo(End.CLEAN);
            }
        }
        awaitOpen("range", 0);
    }
}
