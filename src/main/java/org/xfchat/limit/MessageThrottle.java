package org.xfchat.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xfchat.background.Timer;
import org.xfchat.error.ApiException;

/**
 * Slows senders down to what is allowed. The old client sends a refused message again with every frame, under a new id,
 * for ever: an answer that comes late keeps it slow, one that comes at once does not.
 */
@Singleton
class MessageThrottle {
    /** Of one user: tokens, and how many of the user's requests wait. */
    private record Sender(Bucket bucket, AtomicInteger waiting) {}

    /** Messages that wait for their turn at the same time: a client's burst, and what may cost a few megabytes. */
    private static final int MOST_PER_USER = 200;

    private static final int MOST = 10_000;

    private final boolean enabled;
    private final Duration longest;
    private final int mostPerUser;
    private final int most;
    private final Buckets<Sender> senders;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter delayed;
    private final MeterRegistry meters;

    /** Hands tokens over to who waits for them. */
    private final ScheduledExecutorService timer;

    @Inject
    MessageThrottle(LimitConfig config, MeterRegistry meters, Timer timer) {
        this(config, MOST_PER_USER, MOST, meters, TimeMeter.SYSTEM_NANOTIME, timer.executor());
    }

    /**
     * @param mostPerUser how many messages of one user wait at the same time
     * @param most how many of all
     * @param time what the timer goes by
     */
    MessageThrottle(
            LimitConfig config,
            int mostPerUser,
            int most,
            MeterRegistry meters,
            TimeMeter time,
            ScheduledExecutorService timer) {
        this.mostPerUser = mostPerUser;
        this.most = most;
        this.timer = timer;
        this.enabled = config.enabled();
        this.longest = config.messageWait();
        this.senders = new Buckets<>(config.message(), time, bucket -> new Sender(bucket, new AtomicInteger()));
        this.delayed = meters.counter("xfchat.limit.delayed", "action", Action.MESSAGE.tag());
        this.meters = meters;
        Limiter.measure(Action.MESSAGE, senders, meters);
    }

    /**
     * The user's next turn to send; never blocks.
     *
     * @return null where it is now; else it completes at that time, or fails with {@code TOO_MANY_REQUESTS} after the
     *     longest wait where there is none until then
     * @throws ApiException {@code TOO_MANY_REQUESTS} where too many wait already
     */
    @Nullable
    Uni<Void> next(UUID user) {
        if (!enabled) {
            return null;
        }
        Sender sender = senders.of(user);
        if (sender.bucket().tryConsume(1)) {
            return null;
        }
        if (!enter(sender.waiting(), mostPerUser)) {
            throw refusal("user", sender);
        }
        if (!enter(waiting, most)) {
            sender.waiting().decrementAndGet();
            throw refusal("total", sender);
        }
        delayed.increment();
        return Uni.createFrom()
                .completionStage(sender.bucket().asScheduler().tryConsume(1, longest, timer))
                .onItem()
                .transformToUni(granted -> granted ? Uni.createFrom().voidItem() : refuseLate(sender))
                .onTermination()
                .invoke(() -> {
                    waiting.decrementAndGet();
                    sender.waiting().decrementAndGet();
                });
    }

    private Uni<Void> refuseLate(Sender sender) {
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .onExecutor(timer)
                .by(longest)
                .onItem()
                .transformToUni(waited -> Uni.createFrom().failure(refusal("user", sender)));
    }

    private static boolean enter(AtomicInteger room, int capacity) {
        if (room.incrementAndGet() <= capacity) {
            return true;
        }
        room.decrementAndGet();
        return false;
    }

    private ApiException refusal(String scope, Sender sender) {
        return Limiter.refusal(Action.MESSAGE, scope, Limiter.untilNext(sender.bucket()), meters);
    }
}
