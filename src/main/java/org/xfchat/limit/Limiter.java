package org.xfchat.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Lets a caller do something as often as it is allowed. */
@Singleton
class Limiter {
    private final boolean enabled;
    private final Map<Action, Buckets<Bucket>> buckets;
    private final MeterRegistry meters;

    Limiter(LimitConfig config, MeterRegistry meters) {
        this.enabled = config.enabled();
        this.meters = meters;
        this.buckets = Map.of(
                Action.SIGN_UP, buckets(Action.SIGN_UP, config.signUp()),
                Action.LOG_IN, buckets(Action.LOG_IN, config.logIn()),
                Action.FRIEND_REQUEST, buckets(Action.FRIEND_REQUEST, config.friendRequest()),
                Action.TYPING, buckets(Action.TYPING, config.typing()));
    }

    private Buckets<Bucket> buckets(Action action, LimitConfig.Rate rate) {
        Buckets<Bucket> made = new Buckets<>(rate, TimeMeter.SYSTEM_NANOTIME, Function.identity());
        measure(action, made, meters);
        return made;
    }

    /** Shows how many there are. */
    static void measure(Action action, Buckets<?> buckets, MeterRegistry meters) {
        Gauge.builder("xfchat.limit.buckets", buckets, Buckets::count)
                .description("Callers that are remembered")
                .tag("action", action.tag())
                .register(meters);
    }

    /**
     * Takes one of the caller's tokens; never blocks.
     *
     * @param scope by what the caller is told from others, for metrics: address or user
     * @throws ApiException {@code TOO_MANY_REQUESTS} where none is left
     */
    void take(Action action, String scope, Object caller) {
        if (!enabled) {
            return;
        }
        Bucket bucket = Objects.requireNonNull(buckets.get(action)).of(caller);
        if (!bucket.tryConsume(1)) {
            throw refusal(action, scope, untilNext(bucket), meters);
        }
    }

    /** How long until there is a token again. */
    static Duration untilNext(Bucket bucket) {
        return Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }

    /**
     * What a refused caller is told; counted.
     *
     * @param wait rounded up to whole seconds, at least one
     */
    static ApiException refusal(Action action, String scope, Duration wait, MeterRegistry meters) {
        meters.counter("xfchat.limit.refused", "action", action.tag(), "scope", scope)
                .increment();
        long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
        return new ApiException(
                ErrorCode.TOO_MANY_REQUESTS,
                ErrorCode.TOO_MANY_REQUESTS.title(),
                Map.of("Retry-After", String.valueOf(seconds)));
    }
}
