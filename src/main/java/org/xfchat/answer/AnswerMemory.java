package org.xfchat.answer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** The memory for answers that are being made or that nobody has taken yet: how much there is, and who has how much of it. */
@Singleton
public class AnswerMemory {
    /** Semaphores count in integers. */
    private static final int UNIT = 1024;

    /** What is smaller has memory of its own: nobody is refused a log-in because others do not read their pages. */
    private static final int SMALL_UNITS = 16;

    private static final int PART_OF_HEAP = 4;

    /** One user's part, so that nobody is refused because of somebody else who does not read. */
    private static final int PART_OF_USER = 2;

    private static final int WATCH_MILLIS = 1000;

    /** How often all the memory must have been given back before the last of those who wait has some. */
    private static final int ROUNDS = 2;

    private final AnswerConfig config;
    private final boolean limitsUsers;
    private final int size;
    private final Semaphore large;
    private final Semaphore small;
    private final Map<UUID, Integer> byUser = new ConcurrentHashMap<>();
    private final Set<Sending> unsent = ConcurrentHashMap.newKeySet();
    private final MeterRegistry meters;

    AnswerMemory(
            AnswerConfig config,
            @ConfigProperty(name = "xfchat.limit.enabled") boolean limitsUsers,
            Vertx vertx,
            MeterRegistry meters) {
        this.config = config;
        this.limitsUsers = limitsUsers;
        long bytes = config.memory()
                .map(memory -> memory.asLongValue())
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
        this.size = (int) Math.min(Integer.MAX_VALUE, units(bytes));
        this.large = new Semaphore(size, true);
        this.small = new Semaphore(size);
        this.meters = meters;
        Gauge.builder("xfchat.answer.memory", this, AnswerMemory::used)
                .description("What answers take that are being made or not yet taken by their clients")
                .baseUnit("bytes")
                .register(meters);
        vertx.setPeriodic(WATCH_MILLIS, tick -> cutStalled());
    }

    private double used() {
        return (2.0 * size - large.availablePermits() - small.availablePermits()) * UNIT;
    }

    private static long units(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }

    /**
     * Room of no size yet.
     *
     * @param user for whom; null where nobody is signed in
     */
    public Hold hold(@Nullable UUID user) {
        return new Hold(user);
    }

    /** Room for one answer. It is closed by whoever sends the answer, or does not. */
    public final class Hold implements AutoCloseable {
        private final @Nullable UUID user;
        private int units;
        private boolean closed;

        private Hold(@Nullable UUID user) {
            this.user = user;
        }

        /**
         * Makes it as large as this, for what is about to be read; may block for {@link AnswerConfig#patience}.
         *
         * @throws ApiException {@code UNAVAILABLE} where there is no memory, {@code TOO_MANY_REQUESTS} where this user has too
         *     much of it; the room is as before
         */
        public synchronized void await(long bytes) {
            resize(bytes, true);
        }

        /**
         * Makes it as large, or as small, as this; never blocks.
         *
         * @throws ApiException as {@link #await} does
         */
        public synchronized void resize(long bytes) {
            resize(bytes, false);
        }

        private void resize(long bytes, boolean patient) {
            int wanted = (int) Math.min(size, units(bytes));
            if (closed || wanted == units) {
                return;
            }
            Semaphore from = free(units);
            Semaphore to = free(wanted);
            int more = wanted - units;
            charge(user, more);
            if (from != to) {
                acquire(to, user, wanted, more, patient);
                from.release(units);
            } else if (more > 0) {
                acquire(to, user, more, more, patient);
            } else {
                from.release(-more);
            }
            units = wanted;
        }

        @Override
        public synchronized void close() {
            resize(0, false);
            closed = true;
        }
    }

    private Semaphore free(int units) {
        return units <= SMALL_UNITS ? small : large;
    }

    private void charge(@Nullable UUID user, int units) {
        if (user == null) {
            return;
        }
        Integer own = byUser.compute(user, (id, before) -> {
            int after = (before == null ? 0 : before) + units;
            return after == 0 ? null : after;
        });
        // A single answer may always be made.
        if (limitsUsers && units > 0 && own != null && own > Math.max(size / PART_OF_USER, units)) {
            charge(user, -units);
            throw refusal(
                    "user",
                    new ApiException(
                            ErrorCode.TOO_MANY_REQUESTS,
                            "Answers are waiting for you to be read",
                            Map.of("Retry-After", "1")));
        }
    }

    /** @param charged what the user is no longer charged for, where there is nothing */
    private void acquire(Semaphore free, @Nullable UUID user, int units, int charged, boolean patient) {
        if (!free.tryAcquire(units) && !(patient && await(free, units))) {
            charge(user, -charged);
            throw refusal(
                    "total",
                    new ApiException(ErrorCode.UNAVAILABLE, new IllegalStateException("no memory for more answers")));
        }
    }

    /** Whoever waits holds a thread: no more of them than can be served soon. */
    private boolean await(Semaphore free, int units) {
        if ((long) free.getQueueLength() * units > (long) ROUNDS * size) {
            return false;
        }
        try {
            return free.tryAcquire(units, config.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many wait, roughly. */
    int waiting() {
        return large.getQueueLength();
    }

    private ApiException refusal(String scope, ApiException refusal) {
        meters.counter("xfchat.answer.refused", "scope", scope).increment();
        return refusal;
    }

    /** Watches over an answer until {@link #sent}. */
    void sending(Sending answer) {
        unsent.add(answer);
    }

    void sent(Sending answer) {
        unsent.remove(answer);
    }

    private void cutStalled() {
        long now = System.nanoTime();
        for (Sending answer : unsent) {
            if (answer.isStalled(now, config.stallTimeout().toNanos())) {
                meters.counter("xfchat.answer.cut").increment();
                answer.cut();
            }
        }
    }
}
