package org.xfchat.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.signal.Signals;

/** Brings events to those concerned: here at once, on the other replicas by signals that carry them. */
@Singleton
class Broadcast {
    private static final String TOPIC = "event";

    /** So that a burst becomes one statement, and nobody sees that somebody types later than one does in a room. */
    private static final Duration COALESCE = Duration.ofMillis(75);

    /** Events that may wait for that: some megabytes, and more than one statement could carry in the same time. */
    private static final int OUTBOX = 10_000;

    private final Subscribers subscribers;
    private final EventJson json;
    private final Outbox outbox;
    private final Signals.Topic topic;
    private final Counter sent;
    private final Counter tooLong;
    private final Counter backlog;
    private final Counter malformed;

    Broadcast(Subscribers subscribers, EventJson json, Signals signals, MeterRegistry metrics) {
        this.subscribers = subscribers;
        this.json = json;
        this.outbox = new Outbox(signals.replica(), OUTBOX, Signals.MAX_TEXT);
        this.sent = Counter.builder("xfchat.realtime.sent")
                .description("Events handed to the other replicas")
                .register(metrics);
        this.tooLong = Subscribers.dropped("too_long", metrics);
        this.backlog = Subscribers.dropped("backlog", metrics);
        this.malformed = Subscribers.dropped("malformed", metrics);
        this.topic = signals.topic(TOPIC, COALESCE, () -> outbox.drain(tooLong::increment), this::hear);
    }

    /**
     * Tells these users, wherever they are.
     *
     * @param subject of what is told; the other replicas may get only the latest event of it. Null for none
     */
    void tell(@Nullable Object subject, Collection<UUID> users, RealtimeEvent event) {
        if (users.isEmpty()) {
            return;
        }
        subscribers.deliver(users, event);
        if (outbox.add(subject, users, json.text(event))) {
            sent.increment();
            topic.changed();
        } else {
            backlog.increment();
        }
    }

    private void hear(String text) {
        if (outbox.isOwn(text) || subscribers.isEmpty()) {
            return;
        }
        try {
            JsonNode heard = json.tree(text);
            List<UUID> to = new ArrayList<>();
            heard.path("to").forEach(user -> to.add(UUID.fromString(user.asText())));
            subscribers.deliver(to, RealtimeEvent.of(heard.path("event")));
        } catch (IllegalArgumentException notOurs) {
            malformed.increment();
        }
    }
}
