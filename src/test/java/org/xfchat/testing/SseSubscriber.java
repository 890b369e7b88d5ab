package org.xfchat.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Follows a conversation by server-sent events and resumes with the last event id, as a browser does. */
public final class SseSubscriber extends Subscriber {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PAUSE = Duration.ofMillis(30);

    private final SseReader reader;
    private final AtomicInteger resets = new AtomicInteger();

    private SseSubscriber(Subscription subscription, String lastEventId) {
        super(subscription);
        this.reader = new SseReader(lastEventId);
    }

    /** Begins with the newest messages. */
    public static SseSubscriber open(Subscription subscription) {
        return open(subscription, "");
    }

    /** Begins after the event of this id; {@code 0} is the beginning of the log. */
    public static SseSubscriber open(Subscription subscription, String lastEventId) {
        SseSubscriber subscriber = new SseSubscriber(subscription, lastEventId);
        subscriber.start();
        return subscriber;
    }

    /** What it would resume with; empty before the first event. */
    public String lastEventId() {
        return reader.lastEventId();
    }

    /** How many heartbeats came. */
    public long comments() {
        return reader.comments();
    }

    /** How often it was told to forget what it has. */
    public int resets() {
        return resets.get();
    }

    @Override
    Map<String, String> headers() {
        String id = reader.lastEventId();
        return id.isEmpty()
                ? Map.of("Accept", "text/event-stream")
                : Map.of("Accept", "text/event-stream", "Last-Event-ID", id);
    }

    @Override
    boolean isStream(int status) {
        return status == 200;
    }

    @Override
    boolean isFinal(int status) {
        return status != 200 && status != 0 && status != 503;
    }

    @Override
    Duration pause(int failures) {
        return PAUSE;
    }

    @Override
    void reconnected() {
        reader.reconnected();
    }

    @Override
    List<JsonNode> take(HttpStream current, byte[] piece) {
        reader.feed(piece);
        List<JsonNode> messages = new ArrayList<>();
        for (SseReader.Event event : reader.poll()) {
            switch (event.type()) {
                case "message" -> messages.add(message(event));
                case "reset" -> resets.incrementAndGet();
                default -> throw new AssertionError("an event of the type " + event.type());
            }
        }
        return messages;
    }

    private static JsonNode message(SseReader.Event event) {
        try {
            JsonNode message = JSON.readTree(event.data());
            if (!OldClientReader.isChatMessage(message)) {
                throw new AssertionError("no message: " + event.data());
            }
            String position = message.path("crdt_timestamp").asText();
            if (!event.id().equals(position) && !event.id().startsWith(position + "-")) {
                throw new AssertionError("the event " + event.id() + " is the message at " + position);
            }
            return message;
        } catch (JsonProcessingException malformed) {
            throw new AssertionError("no JSON: " + event.data(), malformed);
        }
    }
}
