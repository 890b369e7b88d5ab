package org.xfchat.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Does things at the same moment. */
public final class Together {
    /** Nothing takes that long, on however busy a machine; only a defect does. */
    private static final int SECONDS = 600;

    private Together() {}

    /** Runs {@code action} with 0 to {@code count - 1} at once; the results in that order. Fails with the first failure. */
    public static <T> List<T> run(int count, IntFunction<T> action) {
        CyclicBarrier start = new CyclicBarrier(count);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<T>> calls = IntStream.range(0, count)
                    .mapToObj(i -> (Callable<T>) () -> {
                        start.await(SECONDS, TimeUnit.SECONDS);
                        return action.apply(i);
                    })
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> done : threads.invokeAll(calls, SECONDS, TimeUnit.SECONDS)) {
                results.add(done.get());
            }
            return results;
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        } finally {
            threads.shutdownNow();
        }
    }
}
