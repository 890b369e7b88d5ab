package org.xfchat.signal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.xfchat.failure.Failures;

/** A thread that takes a step, then waits as long as the step said or until it is woken. */
final class WorkerLoop {
    private static final long AFTER_BUG_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier step;
    private final Runnable last;
    private final Failures failures;
    private final String where;
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    // Beside the thread's own permit, which whatever the step waits for may use up.
    private volatile boolean woken;
    private volatile boolean stopped;

    /**
     * @param name of the thread after {@code xfchat-}, and of its failures
     * @param step returns how many nanoseconds to wait before the next one
     * @param last runs on the thread when it ends
     * @param failures what a step throws, which does not end the thread
     */
    WorkerLoop(String name, LongSupplier step, Runnable last, Failures failures) {
        this.step = step;
        this.last = last;
        this.failures = failures;
        this.where = name;
        this.thread = new Thread(this::run, "xfchat-" + name);
        thread.setDaemon(true);
    }

    void start() {
        if (!stopped && started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    boolean isStopped() {
        return stopped;
    }

    /** Lets the current step and the last one end; does not wait for them. */
    void stop() {
        stopped = true;
        wake();
    }

    /** Waits until the thread has ended, at most this long. */
    void awaitEnd(Duration longest) {
        try {
            thread.join(longest.toMillis());
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            long wait = stepSafely();
            if (!woken && !stopped) {
                LockSupport.parkNanos(this, wait);
            }
            // Nobody interrupts this thread on purpose; a flag left behind would make it spin.
            Thread.interrupted();
            // Whatever woke it from here on is served by the step that follows.
            woken = false;
        }
        try {
            last.run();
        } catch (Throwable bug) {
            failures.survived(where, bug);
        }
    }

    private long stepSafely() {
        try {
            return step.getAsLong();
        } catch (Throwable bug) {
            failures.survived(where, bug);
            return AFTER_BUG_NANOS;
        }
    }
}
