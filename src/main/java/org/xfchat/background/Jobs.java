package org.xfchat.background;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xfchat.failure.Failures;

/** What is done in the database now and then, one after the other on one thread. */
@Singleton
public class Jobs {
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final class Job {
        private final Runnable task;
        private final long periodNanos;
        private long due;

        Job(Runnable task, long periodNanos) {
            this.task = task;
            this.periodNanos = periodNanos;
            this.due = System.nanoTime() + periodNanos;
        }

        void runIfDue() {
            if (System.nanoTime() - due >= 0 && !loop.isStopped()) {
                task.run();
                due = System.nanoTime() + periodNanos;
            }
        }
    }

    private final Failures failures;
    private final List<Job> jobs = new CopyOnWriteArrayList<>();
    private final WorkerLoop loop;

    Jobs(Failures failures) {
        this.failures = failures;
        this.loop = new WorkerLoop("jobs", this::step, () -> {}, failures);
    }

    /**
     * Adds a job, which runs for the first time after one period. It may block; one that takes long asks {@link #areStopping}
     * between its transactions.
     *
     * @param period from the end of a run to the next; positive
     */
    public void every(String name, Duration period, Runnable job) {
        if (period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("the period of " + name + " must be positive");
        }
        jobs.add(new Job(new Retried(name, job, failures), period.toNanos()));
        loop.wake();
    }

    private long step() {
        jobs.forEach(Job::runIfDue);
        long now = System.nanoTime();
        return jobs.stream().mapToLong(job -> job.due - now).min().orElse(Long.MAX_VALUE);
    }

    /** Whether what goes on should end soon. */
    public boolean areStopping() {
        return loop.isStopped();
    }

    /** Begins; the second time nothing. */
    public void start() {
        loop.start();
    }

    /** Begins nothing more, and lets what goes on know; does not wait. */
    public void beginNoMore() {
        loop.stop();
    }

    /** Ends for good: begins nothing more, and waits for what goes on for a while. */
    @PreDestroy
    public void stop() {
        loop.stop();
        loop.awaitEnd(LONGEST_STOP);
    }
}
