package org.xfchat.background;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.xfchat.failure.Failures;

/** A thread that takes a step, then waits as long as the step said or until it is woken. */
public final class WorkerLoop {
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
    private long firstWait;

    /**
     * @param name of the thread after {@code xfchat-}, and of its failures
     * @param step returns how many nanoseconds to wait before the next one
     * @param last runs on the thread when it ends
     * @param failures what a step throws, which does not end the thread
     */
    public WorkerLoop(String name, LongSupplier step, Runnable last, Failures failures) {
        this.step = step;
        this.last = last;
        this.failures = failures;
        this.where = name;
        this.thread = new Thread(this::run, "xfchat-" + name);
        thread.setDaemon(true);
    }

    /** Begins with the first step; the second time, and after a stop, nothing. */
    public void start() {
        start(Duration.ZERO);
    }

    /** The same after a wait, so that a start that fails at its last step does not meet the first one. */
    public void start(Duration wait) {
        if (!stopped && started.compareAndSet(false, true)) {
            firstWait = wait.toNanos();
            thread.start();
        }
    }

    /** Ends the wait for the next step, from any thread. */
    public void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    public boolean isStopped() {
        return stopped;
    }

    /** Lets the current step and the last one end; does not wait for them. */
    public void stop() {
        stopped = true;
        wake();
    }

    /** Ends what the current step waits for, as far as that can be interrupted. */
    public void interrupt() {
        thread.interrupt();
    }

    /** Waits until the thread has ended, at most this long; whether it has, or was never started. */
    public boolean awaitEnd(Duration longest) {
        try {
            thread.join(Math.max(1, longest.toMillis()));
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        await(firstWait);
        while (!stopped) {
            await(stepSafely());
        }
        try {
            last.run();
        } catch (Throwable bug) {
            failures.survived(where, bug);
        }
    }

    private void await(long nanos) {
        if (!woken && !stopped) {
            LockSupport.parkNanos(this, nanos);
        }
        // A flag left behind by who interrupted a step would make it spin.
        Thread.interrupted();
        // Whatever woke it from here on is served by the step that follows.
        woken = false;
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
