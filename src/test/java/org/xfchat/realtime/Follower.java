package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.SseReader;

/** Somebody who follows {@code /realtime} over one connection and remembers every event. */
public final class Follower implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One event.
     *
     * @param name as the stream says it
     */
    public record Seen(String name, JsonNode event) {
        public JsonNode payload() {
            return event.path("payload");
        }
    }

    private final SseReader reader = new SseReader("");
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final HttpStream stream;

    private Follower(int port, String token, String query) {
        Map<String, String> headers =
                new TreeMap<>(Map.of("Authorization", "Bearer " + token, "Accept", "text/event-stream"));
        stream = HttpStream.open(port, HttpStream.Request.get("/realtime" + query, headers), (from, piece) -> {
            reader.feed(piece);
            reader.poll().forEach(event -> seen.add(new Seen(event.type(), parsed(event.data()))));
        });
    }

    /** Connects, and waits until the stream has begun. */
    public static Follower open(int port, String token, String query) {
        Follower follower = new Follower(port, token, query);
        assertThat(follower.stream.status()).isEqualTo(200);
        Awaitility.await().atMost(PATIENCE).until(() -> follower.stream.count() > 0);
        return follower;
    }

    private static JsonNode parsed(String data) {
        try {
            return JSON.readTree(data);
        } catch (JsonProcessingException malformed) {
            throw new AssertionError("no JSON: " + data, malformed);
        }
    }

    /** The first event of this name that the condition holds for, as soon as it is there. */
    public Seen await(String name, Predicate<Seen> condition) {
        return Awaitility.await(name + " among " + seen)
                .atMost(PATIENCE)
                .until(
                        () -> seen.stream()
                                .filter(event -> event.name().equals(name) && condition.test(event))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** The same for any event of this name. */
    public Seen await(String name) {
        return await(name, event -> true);
    }

    /** Waits for something that its user is told in any case; what was said before it has come by then. */
    public void awaitEnd(Person user) {
        Person stranger = Person.signUp();
        stranger.ask(user).then().statusCode(200);
        await(
                "friend_request",
                event -> event.payload()
                        .path("from_user_id")
                        .asText()
                        .equals(stranger.id().toString()));
    }

    /** The names of all events so far. */
    public List<String> names() {
        return seen.stream().map(Seen::name).toList();
    }

    /** The events of one name so far. */
    public List<Seen> all(String name) {
        return seen.stream().filter(event -> event.name().equals(name)).toList();
    }

    /** The connection. */
    public HttpStream stream() {
        return stream;
    }

    @Override
    public void close() {
        stream.checkSevenBit();
        stream.close();
    }
}
