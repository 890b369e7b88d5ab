package org.xfchat.cursor;

import io.micrometer.core.instrument.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xfchat.failure.Failures;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;

/**
 * What is new in conversations, read for everybody who follows them here. What is asked for while every reader is busy is read
 * together, in one statement: the load makes the batches.
 */
final class Fills {
    /** How many conversations are read at once, and how much text of all of them. */
    private static final int MOST = 64;

    private static final long MOST_BYTES = 256 << 10;

    /** @param alone whether it is read by itself, because a reading with others failed */
    private record Fill(Log.Part part, long sinceNanos, Consumer<@Nullable List<Entry>> done, boolean alone) {
        Fill byItself() {
            return new Fill(part, sinceNanos, done, true);
        }
    }

    private final Executor readers;
    private final BiFunction<List<Log.Part>, Long, @Nullable List<List<Entry>>> read;
    private final Timer queued;
    private final Failures failures;
    private final Deque<Fill> waiting = new ArrayDeque<>();

    /** At present: fewer after a reading in which not all fitted, since what did not was read in vain. */
    private volatile int most = MOST;

    /** @param read as {@link Log#after}; null when the database is away */
    Fills(
            Executor readers,
            BiFunction<List<Log.Part>, Long, @Nullable List<List<Entry>>> read,
            Timer queued,
            Failures failures) {
        this.readers = readers;
        this.read = read;
        this.queued = queued;
        this.failures = failures;
    }

    /** @param done gets what was found, nothing in doubt; null when the database is away. On a reader's thread */
    void add(Log.Part part, Consumer<@Nullable List<Entry>> done) {
        synchronized (waiting) {
            waiting.add(new Fill(part, System.nanoTime(), done, false));
        }
        // One task each: whoever comes after a reader has taken several finds nothing to do.
        readers.execute(this::readSome);
    }

    private List<Fill> take() {
        List<Fill> batch = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && batch.size() < most) {
                if (waiting.element().alone() && !batch.isEmpty()) {
                    break;
                }
                batch.add(waiting.remove());
                if (batch.get(0).alone()) {
                    break;
                }
            }
        }
        return batch;
    }

    private void readSome() {
        List<Fill> batch = take();
        if (batch.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        batch.forEach(fill -> queued.record(now - fill.sinceNanos(), TimeUnit.NANOSECONDS));
        List<List<Entry>> found = null;
        try {
            found = read.apply(batch.stream().map(Fill::part).toList(), MOST_BYTES);
        } catch (Throwable failed) {
            failures.survived("fill", failed);
            if (batch.size() > 1) {
                // One of them cannot be read; the others can.
                again(batch.stream().map(Fill::byItself).toList());
                return;
            }
        }
        int answered = found == null ? batch.size() : answered(found);
        most = isFull(found) ? Math.max(1, answered) : Math.min(MOST, 2 * most);
        for (int i = 0; i < answered; i++) {
            answer(batch.get(i), found == null ? null : found.get(i));
        }
        again(batch.subList(answered, batch.size()));
    }

    /** Whether so much was found that the rest was left out for its size; a few empty ones at the end are none of that. */
    private static boolean isFull(@Nullable List<List<Entry>> found) {
        return found != null
                && found.stream()
                                .flatMap(List::stream)
                                .mapToLong(Entry::textBytes)
                                .sum()
                        >= MOST_BYTES;
    }

    /** How many have got what there is: those after the last one with entries were perhaps left out for their size. */
    private static int answered(List<List<Entry>> found) {
        for (int i = found.size(); i > 0; i--) {
            if (!found.get(i - 1).isEmpty()) {
                return i;
            }
        }
        return found.size();
    }

    private void answer(Fill fill, @Nullable List<Entry> entries) {
        try {
            fill.done().accept(entries);
        } catch (Throwable failed) {
            failures.survived("fill", failed);
        }
    }

    /** In front, so that nobody is overtaken for ever. */
    private void again(List<Fill> left) {
        if (left.isEmpty()) {
            return;
        }
        synchronized (waiting) {
            for (int i = left.size() - 1; i >= 0; i--) {
                waiting.addFirst(left.get(i));
            }
        }
        // Those that are read by themselves need a task each.
        left.forEach(one -> readers.execute(this::readSome));
    }
}
