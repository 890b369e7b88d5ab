package org.xfchat.auth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.xfchat.background.Threads;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * The threads that hash. A request waits for one in a queue, first come first served, and holds no thread of its own
 * meanwhile, so that everything else is served while a crowd signs up. The queue is bounded in length and in time: whoever
 * would be answered too late is told at once when to come back.
 */
final class HashTurns {
    private static final Duration SOONEST_RETURN = Duration.ofSeconds(2);
    private static final Duration LATEST_RETURN = Duration.ofSeconds(10);

    /** Of how many hashes what one takes lately is the mean, about. */
    private static final int LATELY = 4;

    private final ThreadPoolExecutor threads;
    private final Duration wait;
    private final Timer hashing;

    /** Nanoseconds that a hash takes lately; it does not matter if an update by two threads at once is lost. */
    private volatile long expected;

    /**
     * @param atOnce how many are computed at the same time, at least one
     * @param waiting how many wait at most
     * @param wait for how long at most
     */
    HashTurns(int atOnce, int waiting, Duration wait, MeterRegistry meters) {
        this.threads = Threads.pool("password-hash", atOnce, new LinkedBlockingQueue<>(waiting));
        this.wait = wait;
        this.hashing = meters.timer("xfchat.auth.hash");
        Gauge.builder("xfchat.auth.hash.waiting", threads.getQueue(), queue -> queue.size())
                .register(meters);
    }

    /**
     * What is computed when it is its turn; never blocks.
     *
     * @return completes on a thread that hashes; with {@code BUSY} where the queue is full, or the wait is over, and then
     *     nothing is computed. Cancelled, it gives its place up.
     */
    <T> CompletableFuture<T> next(Supplier<T> computation) {
        CompletableFuture<T> result = new CompletableFuture<>();
        // Completed by who begins, or by the clock: whichever is first.
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        long asked = System.nanoTime();
        Runnable task = () -> {
            if (isTooLate(System.nanoTime() - asked)) {
                turn.cancel(false);
            } else if (turn.complete(true)) {
                compute(computation, result);
            }
        };
        try {
            threads.execute(task);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(busy());
        }
        var unused = turn.orTimeout(wait.toNanos(), TimeUnit.NANOSECONDS).whenComplete((begun, over) -> {
            if (over != null) {
                threads.remove(task);
                result.completeExceptionally(busy());
            }
        });
        // Whoever gives up gives the place up.
        var unusedToo = result.whenComplete((computed, failed) -> turn.cancel(false));
        return result;
    }

    /** What would not be done in time is not begun: on a crawling machine that would be work for nobody, and keep others waiting. */
    private boolean isTooLate(long waited) {
        return waited > wait.toNanos() / 2 && waited + expected > wait.toNanos();
    }

    private <T> void compute(Supplier<T> computation, CompletableFuture<T> result) {
        long began = System.nanoTime();
        try {
            result.complete(computation.get());
        } catch (RuntimeException | Error failed) {
            result.completeExceptionally(failed);
        } finally {
            long took = System.nanoTime() - began;
            hashing.record(took, TimeUnit.NANOSECONDS);
            long before = expected;
            expected = before + (took - before) / LATELY;
        }
    }

    /** With the time after which those who wait now will have had their turns, as far as that can be told. */
    private ApiException busy() {
        double seconds = hashing.mean(TimeUnit.SECONDS) * threads.getQueue().size() / threads.getCorePoolSize();
        long wait =
                Math.min(LATEST_RETURN.toSeconds(), Math.max(SOONEST_RETURN.toSeconds(), (long) Math.ceil(seconds)));
        return new ApiException(ErrorCode.BUSY, ErrorCode.BUSY.title(), Map.of("Retry-After", String.valueOf(wait)));
    }

    void stop() {
        threads.shutdownNow();
    }
}
