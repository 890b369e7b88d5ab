package org.xfchat.realtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xfchat.failure.Failures;
import org.xfchat.memory.ClientMemory;

/** The streams of events that are open here. */
@Singleton
class Subscribers {
    /** Events that may wait for one subscriber's socket: whoever is further behind reads everything again, which is less. */
    private static final int BACKLOG = 200;

    private final EventJson json;
    private final ClientMemory memory;
    private final Counter delivered;
    private final Counter slow;
    private final Map<UUID, Set<Subscriber>> byUser = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Failures failures;

    Subscribers(EventJson json, ClientMemory memory, MeterRegistry metrics) {
        this.failures = Failures.in(metrics);
        this.memory = memory;
        this.json = json;
        this.delivered = Counter.builder("xfchat.realtime.delivered")
                .description("Events written to subscribers")
                .register(metrics);
        this.slow = dropped("slow", metrics);
        Gauge.builder("xfchat.realtime.subscribers", count, AtomicInteger::get)
                .description("Open streams of events")
                .register(metrics);
    }

    static Counter dropped(String reason, MeterRegistry metrics) {
        return Counter.builder("xfchat.realtime.dropped")
                .description("Events that not everybody concerned was told")
                .tag("reason", reason)
                .register(metrics);
    }

    /** A subscriber who gets every event of these types from now on, until it is closed. */
    Subscriber add(UUID user, Set<String> types) {
        Subscriber[] self = new Subscriber[1];
        Subscriber added =
                new Subscriber(user, types, BACKLOG, delivered, slow, memory.reservation(user), () -> remove(self[0]));
        self[0] = added;
        byUser.compute(user, (id, others) -> {
            Set<Subscriber> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(added);
            return all;
        });
        count.incrementAndGet();
        return added;
    }

    private void remove(Subscriber subscriber) {
        byUser.computeIfPresent(subscriber.user(), (id, all) -> {
            if (all.remove(subscriber)) {
                count.decrementAndGet();
            }
            return all.isEmpty() ? null : all;
        });
    }

    boolean isEmpty() {
        return byUser.isEmpty();
    }

    /**
     * Hands the event to everybody here whom it concerns and who wants it; encoded once, or not at all. Whoever cannot take it
     * keeps it from nobody else.
     */
    void deliver(Collection<UUID> to, RealtimeEvent event) {
        @Nullable Buffer frame = null;
        for (UUID user : to) {
            for (Subscriber subscriber : byUser.getOrDefault(user, Set.of())) {
                if (subscriber.wants(event.name())) {
                    if (frame == null) {
                        frame = json.frame(event);
                    }
                    hand(frame, subscriber);
                }
            }
        }
    }

    private void hand(Buffer frame, Subscriber to) {
        try {
            to.take(frame);
        } catch (Throwable bug) {
            failures.survived("event", bug);
        }
    }
}
