package org.xfchat.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.background.WorkerLoop;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * One thread that writes what waits, batch after batch.
 *
 * <p>What is skipped because somebody else holds its conversation stays in front, and what comes later for the same
 * conversation stays behind it, while other conversations go on. Only when nothing else waits does the lane wait for a lock,
 * of one conversation at a time.
 */
final class Lane {
    private static final Logger LOG = Logger.getLogger(Lane.class);

    /** How long the end of what is abandoned is waited for. */
    private static final Duration ABANDONED = Duration.ofSeconds(1);

    private final class Batch {
        final List<Append> appends = new ArrayList<>();

        // Whether for the lock of its only conversation.
        boolean wait;
        long bytes;

        boolean hasRoom(Append append, int share) {
            return appends.isEmpty()
                    || (appends.size() < bounds.maxBatch() / share
                            && bytes + append.bytes <= bounds.maxBatchBytes() / share);
        }
    }

    private final LaneBounds bounds;
    private final LaneWriter writer;
    private final Delivery delivery;
    private final String name;
    private final WorkerLoop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** In arrival order. */
    private final Deque<Append> queue = new ArrayDeque<>();

    /** What was skipped, and what came after it for the same conversations; in arrival order per conversation. */
    private final Deque<Append> held = new ArrayDeque<>();

    // Of requests without an answer: of both, and of the batch that is being written.
    private int unanswered;
    private long bytes;

    /** Whether nothing at all could be locked at the last attempt that did not wait. */
    private boolean stuck;

    private boolean closed;
    private boolean abandoned;

    Lane(String name, LaneBounds bounds, LaneWriter writer, Delivery delivery) {
        this.bounds = bounds;
        this.writer = writer;
        this.delivery = delivery;
        this.name = name;
        this.loop = new WorkerLoop(name, this::step, writer::close, delivery.failures());
    }

    void start() {
        loop.start();
    }

    /** Takes a request to write later; otherwise says why not. */
    @Nullable
    ErrorCode offer(Append append) {
        lock.lock();
        try {
            if (closed) {
                return ErrorCode.UNAVAILABLE;
            }
            if (unanswered >= bounds.maxWaiting() || bytes + append.bytes > bounds.maxWaitingBytes()) {
                return ErrorCode.BUSY;
            }
            queue.add(append);
            unanswered++;
            bytes += append.bytes;
            changed.signal();
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable step) {
        lock.lock();
        try {
            step.run();
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return queue.size() + held.size();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up what has waited too long. */
    void expire() {
        giveUp(drop(bounds.expiry()));
    }

    private void giveUp(List<Append> late) {
        for (Append append : late) {
            if (append.expire()) {
                delivery.metrics().expired().increment();
            }
        }
    }

    private void forget(Append append) {
        unanswered--;
        bytes -= append.bytes;
    }

    private List<Append> drop(Duration age) {
        List<Append> late = new ArrayList<>();
        locked(() -> {
            for (Deque<Append> waiting : List.of(queue, held)) {
                waiting.removeIf(append -> append.hasWaited(age) && late.add(append));
            }
            late.forEach(this::forget);
        });
        return late;
    }

    /** Takes nothing more, and ends when nothing waits any more. */
    void close() {
        locked(() -> {
            closed = true;
            changed.signal();
        });
    }

    /** Waits until everything is written; from {@code deadline} on ({@link System#nanoTime}) gives up what is not. */
    void awaitEnd(long deadline) {
        if (!loop.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()))) {
            abandon();
            loop.awaitEnd(ABANDONED);
        }
    }

    private void abandon() {
        locked(() -> abandoned = true);
        List<Append> left = drop(Duration.ZERO);
        giveUp(left);
        LOG.warnf("%s: %d messages were not written before the shutdown", name, left.size());
        loop.interrupt();
        writer.abort();
    }

    /** One batch, for which it waits itself. Whatever fails: who is in the batch must not be left without an answer. */
    private long step() {
        Batch batch = new Batch();
        try {
            if (take(batch)) {
                var drafts = batch.appends.stream().map(append -> append.draft).toList();
                hold(batch, delivery.deliver(batch.appends, writer.write(drafts, batch.wait)));
            } else {
                loop.stop();
            }
        } catch (Throwable bug) {
            delivery.failures().survived("lane", bug);
            batch.appends.forEach(append -> append.refuse(new ApiException(ErrorCode.INTERNAL, bug)));
            recount();
        }
        return 0;
    }

    private void recount() {
        locked(() -> {
            unanswered = queue.size() + held.size();
            bytes = Stream.concat(queue.stream(), held.stream())
                    .mapToLong(append -> append.bytes)
                    .sum();
        });
    }

    /** Takes what waits, up to a batch; false at the end. Waits for the first request only. */
    private boolean take(Batch batch) {
        lock.lock();
        try {
            while (queue.isEmpty() && held.isEmpty()) {
                if (closed) {
                    return false;
                }
                changed.awaitUninterruptibly();
            }
            Set<UUID> behind = new HashSet<>();
            held.forEach(append -> behind.add(append.draft.conversationId()));
            boolean others = holdBehind(behind);
            if (stuck && !others && !held.isEmpty()) {
                batch.wait = true;
                UUID oldest = held.element().draft.conversationId();
                takeHeld(batch, append -> append.draft.conversationId().equals(oldest), 1);
                return true;
            }
            // At most half a batch, so that what cannot be written does not keep the others from being written.
            takeHeld(batch, append -> true, others ? 2 : 1);
            while (others && batch.hasRoom(queue.element(), 1)) {
                takeInto(batch, queue.remove());
                others = holdBehind(behind);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Moves what comes after something held out of the others' way; whether there are others. */
    private boolean holdBehind(Set<UUID> behind) {
        while (!queue.isEmpty() && behind.contains(queue.element().draft.conversationId())) {
            held.add(queue.remove());
        }
        return !queue.isEmpty();
    }

    private void takeHeld(Batch batch, Predicate<Append> which, int share) {
        for (Iterator<Append> each = held.iterator(); each.hasNext(); ) {
            Append append = each.next();
            if (which.test(append)) {
                if (!batch.hasRoom(append, share)) {
                    return;
                }
                each.remove();
                takeInto(batch, append);
            }
        }
    }

    private void takeInto(Batch batch, Append append) {
        if (append.take()) {
            batch.appends.add(append);
            batch.bytes += append.bytes;
        } else {
            forget(append);
        }
    }

    /** Forgets what is answered, and puts back in front what was skipped, unless its time is over. */
    private void hold(Batch batch, List<Append> skipped) {
        List<Append> late = new ArrayList<>();
        lock.lock();
        try {
            stuck = !batch.wait && !skipped.isEmpty() && skipped.size() == batch.appends.size();
            batch.appends.forEach(this::forget);
            for (int i = skipped.size() - 1; i >= 0; i--) {
                Append append = skipped.get(i);
                append.release();
                if (abandoned || append.hasWaited(bounds.expiry())) {
                    late.add(append);
                } else {
                    held.addFirst(append);
                    unanswered++;
                    bytes += append.bytes;
                }
            }
        } finally {
            lock.unlock();
        }
        giveUp(late);
    }
}
