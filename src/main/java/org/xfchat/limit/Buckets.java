package org.xfchat.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.function.Function;

/**
 * One for each caller of an action, in bounded memory. Nothing is lost with a bucket that nobody took from for two of its periods:
 * it would be full by now, even where somebody had taken tokens of the next period already, by waiting for them.
 *
 * @param <B> a bucket, and what else is kept of its caller
 */
// The cache's node, which Caffeine finds by its name; its other parts are registered by Quarkus.
@RegisterForReflection(classNames = "com.github.benmanes.caffeine.cache.PSAMS")
final class Buckets<B> {
    /** Callers that are remembered for each action, in half a kilobyte each; a caller who is forgotten begins anew. */
    static final int CALLERS = 20_000;

    private final Cache<Object, B> byCaller;
    private final Function<Object, B> full;

    /** @param time by which they fill, and are forgotten */
    Buckets(LimitConfig.Rate rate, TimeMeter time, Function<Bucket, B> kept) {
        this.byCaller = Caffeine.newBuilder()
                .maximumSize(CALLERS)
                .expireAfterAccess(rate.period().multipliedBy(2))
                .ticker(time::currentTimeNanos)
                .build();
        this.full = caller -> kept.apply(full(rate, time));
    }

    private static Bucket full(LimitConfig.Rate rate, TimeMeter time) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(rate.burst(), rate.period()))
                .withCustomTimePrecision(time)
                .build();
    }

    B of(Object caller) {
        return byCaller.get(caller, full);
    }

    /** About how many there are. */
    long count() {
        return byCaller.estimatedSize();
    }
}
