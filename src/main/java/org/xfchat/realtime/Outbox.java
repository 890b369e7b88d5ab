package org.xfchat.realtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is to be said to the other replicas. Of two events with the same subject only the later one is. */
final class Outbox {
    private static final int ID_BYTES = 36 + 2 + 1;

    private record Waiting(List<UUID> to, String event) {}

    private final String replica;
    private final int capacity;
    private final int maxBytes;
    private Map<Object, Waiting> waiting = new LinkedHashMap<>();

    /** @param maxBytes of one text */
    Outbox(UUID replica, int capacity, int maxBytes) {
        this.replica = replica.toString();
        this.capacity = capacity;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes an event; false when too many are waiting.
     *
     * @param subject what a later event of it makes worthless; null when nothing does
     * @param event as JSON
     */
    synchronized boolean add(@Nullable Object subject, Collection<UUID> to, String event) {
        Object key = subject == null ? new Object() : subject;
        // The later one is said in its own place.
        waiting.remove(key);
        return waiting.size() < capacity && waiting.put(key, new Waiting(List.copyOf(to), event)) == null;
    }

    /**
     * What was waiting, as texts with as many recipients each as fit; empty for nothing.
     *
     * @param tooLong is told once for each event that does not fit even with one
     */
    List<String> drain(Runnable tooLong) {
        Collection<Waiting> drained;
        synchronized (this) {
            drained = waiting.values();
            waiting = new LinkedHashMap<>();
        }
        List<String> texts = new ArrayList<>();
        for (Waiting one : drained) {
            int room = maxBytes - text(List.of(), one.event()).getBytes(StandardCharsets.UTF_8).length;
            int most = room / ID_BYTES;
            if (most < 1) {
                tooLong.run();
                continue;
            }
            for (int from = 0; from < one.to().size(); from += most) {
                texts.add(text(
                        one.to().subList(from, Math.min(from + most, one.to().size())), one.event()));
            }
        }
        return texts;
    }

    /** Whether a text is this replica's own. */
    boolean isOwn(String text) {
        return text.startsWith(beginning());
    }

    private String beginning() {
        return "{\"from\":\"" + replica + "\"";
    }

    private String text(List<UUID> to, String event) {
        return to.stream()
                .map(id -> "\"" + id + "\"")
                .collect(Collectors.joining(",", beginning() + ",\"to\":[", "],\"event\":" + event + "}"));
    }
}
