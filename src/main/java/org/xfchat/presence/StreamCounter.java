package org.xfchat.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Counts each user's streams here and knows what is not written yet. Times are those of {@code System.nanoTime()}.
 *
 * <p>A user is in it from the first stream until the grace after the last is over. Every method is short: event loops call.
 */
final class StreamCounter {
    /** Whose last stream ended, and how long ago. */
    record Left(UUID user, long ageNanos) {}

    private final long graceNanos;
    // By user how many are open; 0 during the grace.
    private final Map<UUID, Integer> streams = new HashMap<>();
    private final Set<UUID> unwritten = new LinkedHashSet<>();
    // In the order in which they became empty.
    private final Map<UUID, Long> emptySince = new LinkedHashMap<>();

    StreamCounter(long graceNanos) {
        this.graceNanos = graceNanos;
    }

    synchronized void opened(UUID user) {
        if (streams.merge(user, 1, Integer::sum) == 1 && emptySince.remove(user) == null) {
            unwritten.add(user);
        }
    }

    synchronized void closed(UUID user, long now) {
        Integer left = streams.computeIfPresent(user, (id, open) -> Math.max(0, open - 1));
        if (left != null && left == 0) {
            emptySince.putIfAbsent(user, now);
        }
    }

    /** How many have a stream here or had one a moment ago. */
    synchronized int size() {
        return streams.size();
    }

    /** At most {@code limit} users who are to be written; empty for none. */
    synchronized List<UUID> arrived(int limit) {
        return unwritten.stream().limit(limit).toList();
    }

    /** At most {@code limit} written users whose grace is over, to be removed; those never written are forgotten. */
    synchronized List<Left> left(long now, int limit) {
        List<Left> left = new ArrayList<>();
        Iterator<Map.Entry<UUID, Long>> empty = emptySince.entrySet().iterator();
        while (empty.hasNext() && left.size() < limit) {
            Map.Entry<UUID, Long> next = empty.next();
            long age = now - next.getValue();
            if (age < graceNanos) {
                break;
            }
            UUID user = next.getKey();
            if (unwritten.remove(user)) {
                streams.remove(user);
                empty.remove();
            } else {
                left.add(new Left(user, age));
            }
        }
        left.sort(Comparator.comparing(Left::user));
        return left;
    }

    /** These are written now. */
    synchronized void written(Collection<UUID> those) {
        unwritten.removeAll(those);
    }

    /** These are written no longer; who came back meanwhile is to be written again. */
    synchronized void removed(Collection<Left> those) {
        for (Left gone : those) {
            if (emptySince.remove(gone.user()) != null) {
                streams.remove(gone.user());
            } else if (streams.containsKey(gone.user())) {
                unwritten.add(gone.user());
            }
        }
    }

    /** Nobody is written any longer: this replica was taken for dead. */
    synchronized void forgotten() {
        unwritten.addAll(streams.keySet());
    }
}
