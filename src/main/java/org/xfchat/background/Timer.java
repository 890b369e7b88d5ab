package org.xfchat.background;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.xfchat.failure.Failures;

/** One thread for short tasks that never block: each makes the others late. */
@Singleton
public class Timer implements AutoCloseable {
    private final ScheduledThreadPoolExecutor thread;
    private final Failures failures;

    @Inject
    public Timer(Failures failures) {
        this.failures = failures;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "xfchat-timer");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
    }

    /**
     * Runs a task again and again, each time so long after the last one ended, until it is cancelled.
     *
     * @param name of its failures, which do not end it
     * @return to be cancelled; never completes by itself
     */
    public Future<?> every(String name, Duration period, Runnable task) {
        Runnable survivor = () -> {
            try {
                task.run();
            } catch (Throwable bug) {
                failures.survived(name, bug);
            }
        };
        return thread.scheduleWithFixedDelay(survivor, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** For libraries that bring their own tasks, as short as these. */
    public ScheduledExecutorService executor() {
        return thread;
    }

    @Override
    @PreDestroy
    public void close() {
        thread.shutdownNow();
    }
}
