package org.xfchat.background;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.xfchat.failure.Failures;

/** A few threads that take one task of each user after the other, so that nobody waits behind all that somebody else wants. */
public final class FairExecutor implements AutoCloseable {
    private final String name;
    private final Failures failures;
    private final ThreadPoolExecutor threads;

    /** The users in the order of their turns, each with his tasks in theirs. */
    private final Map<UUID, Deque<Runnable>> waiting = new LinkedHashMap<>();

    private int waitingInAll;

    /**
     * Makes the threads when there is something to do.
     *
     * @param name of the threads after {@code xfchat-}, and of their failures
     * @param count of threads
     * @param failures what a task throws, which ends no thread
     */
    public FairExecutor(String name, int count, Failures failures) {
        this.name = name;
        this.failures = failures;
        this.threads = Threads.pool(name, count, new LinkedBlockingQueue<>());
    }

    /**
     * Runs it when it is the user's turn; never blocks. How many may wait is the caller's to say.
     *
     * @throws java.util.concurrent.RejectedExecutionException once closed
     */
    public void execute(UUID user, Runnable task) {
        synchronized (waiting) {
            waiting.computeIfAbsent(user, id -> new ArrayDeque<>()).add(task);
            waitingInAll++;
        }
        try {
            threads.execute(this::runNext);
        } catch (RuntimeException | Error refused) {
            if (forgot(user, task)) {
                throw refused;
            }
        }
    }

    /** False where a thread has taken it meanwhile, in the place of another one. */
    private boolean forgot(UUID user, Runnable task) {
        synchronized (waiting) {
            Deque<Runnable> own = waiting.get(user);
            if (own == null || !own.removeLastOccurrence(task)) {
                return false;
            }
            waitingInAll--;
            if (own.isEmpty()) {
                waiting.remove(user);
            }
            return true;
        }
    }

    /** How many of the user's tasks wait. */
    public int waiting(UUID user) {
        synchronized (waiting) {
            Deque<Runnable> own = waiting.get(user);
            return own == null ? 0 : own.size();
        }
    }

    /** How many tasks wait, of all users. */
    public int waiting() {
        synchronized (waiting) {
            return waitingInAll;
        }
    }

    /** Null where another thread has run the task that this call was made for. */
    private @Nullable Runnable next() {
        synchronized (waiting) {
            Iterator<Map.Entry<UUID, Deque<Runnable>>> users =
                    waiting.entrySet().iterator();
            if (!users.hasNext()) {
                return null;
            }
            Map.Entry<UUID, Deque<Runnable>> first = users.next();
            users.remove();
            Runnable next = first.getValue().remove();
            waitingInAll--;
            if (!first.getValue().isEmpty()) {
                waiting.put(first.getKey(), first.getValue());
            }
            return next;
        }
    }

    private void runNext() {
        try {
            Runnable next = next();
            if (next != null) {
                next.run();
            }
        } catch (Throwable failed) {
            failures.survived(name, failed);
        }
    }

    /** Runs nothing more; what waits is dropped. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
