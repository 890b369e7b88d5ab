package org.xfchat.limit;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Time that passes when a test says so, and a timer that goes by it, on the test's own thread. */
final class HandTime extends AbstractExecutorService implements ScheduledExecutorService, TimeMeter {
    private final PriorityBlockingQueue<Due<?>> tasks = new PriorityBlockingQueue<>();
    private long now;
    private long scheduled;
    private boolean stopped;

    private final class Due<T> extends FutureTask<T> implements ScheduledFuture<T> {
        private final long at;
        private final long number = scheduled++;

        Due(Callable<T> task, long at) {
            super(task);
            this.at = at;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Due<?> due = (Due<?>) other;
            return at == due.at ? Long.compare(number, due.number) : Long.compare(at, due.at);
        }
    }

    /** Lets time pass, and runs what is due meanwhile in its order. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        for (Due<?> next = tasks.peek(); next != null && next.at <= end; next = tasks.peek()) {
            tasks.remove(next);
            now = Math.max(now, next.at);
            next.run();
        }
        now = end;
    }

    @Override
    public long currentTimeNanos() {
        return now;
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        Due<V> due = new Due<>(task, now + unit.toNanos(delay));
        tasks.add(due);
        return due;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(java.util.concurrent.Executors.callable(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        var unused = schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public void shutdown() {
        stopped = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        stopped = true;
        List<Runnable> left = List.copyOf(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return stopped;
    }

    @Override
    public boolean isTerminated() {
        return stopped;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return stopped;
    }
}
