package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class MessageThrottleTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HandTime time = new HandTime();
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private MessageThrottle throttle = throttle(Map.of());

    /** Five at once, then one every 100 ms; a wait of 250 ms is good for two of them. */
    private MessageThrottle throttle(Map<String, String> changed) {
        Map<String, String> settings = new HashMap<>(Map.of("message", "5/0.5s", "message-wait", "0.25s"));
        settings.putAll(changed);
        return throttle(settings, 200, 10_000);
    }

    private MessageThrottle throttle(Map<String, String> settings, int mostPerUser, int most) {
        return new MessageThrottle(TestLimits.with(settings), mostPerUser, most, meters, time, time);
    }

    private void exhaust() {
        for (int i = 0; i < 5; i++) {
            assertThat(throttle.next(ann)).isNull();
        }
    }

    /** A turn that is not now. */
    private CompletableFuture<Void> later(UUID user) {
        return Objects.requireNonNull(throttle.next(user), "it is the user's turn")
                .subscribeAsCompletionStage();
    }

    private void pass(int milliseconds) {
        time.pass(Duration.ofMillis(milliseconds));
    }

    private double refused(String scope) {
        return meters.counter("xfchat.limit.refused", "action", "message", "scope", scope)
                .count();
    }

    @Test
    void aBurstGoesThroughAtOnceAndWhatFollowsInTurn() {
        exhaust();
        CompletableFuture<Void> first = later(ann);
        CompletableFuture<Void> second = later(ann);
        assertThat(throttle.next(bob)).isNull();
        pass(99);
        assertThat(first).isNotDone();
        pass(1);
        assertThat(first).isCompleted();
        pass(99);
        assertThat(second).isNotDone();
        pass(1);
        assertThat(second).isCompleted();
        assertThat(meters.counter("xfchat.limit.delayed", "action", "message").count())
                .isEqualTo(2);
    }

    @Test
    void whoseTurnIsTooFarIsRefusedAfterTheWait() {
        exhaust();
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(later(ann));
        }
        pass(249);
        assertThat(waiting.subList(0, 2)).allSatisfy(turn -> assertThat(turn).isCompleted());
        assertThat(waiting.subList(2, 4))
                .allSatisfy(turn -> assertThat(turn).as("late is late").isNotDone());
        pass(1);
        assertThat(waiting.subList(2, 4))
                .allSatisfy(turn -> assertThatExceptionOfType(CompletionException.class)
                        .isThrownBy(turn::join)
                        .havingCause()
                        .isInstanceOfSatisfying(ApiException.class, refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
                            assertThat(refused.headers()).containsEntry("Retry-After", "1");
                        }));
        assertThat(refused("user")).isEqualTo(2);
    }

    /** A test's clock alone counts: with the machine's, a slow machine forgot the sender in the middle of the test above. */
    @Test
    void aSenderIsForgottenByTheSameClockThatFillsTheBucket() {
        throttle = throttle(Map.of("message", "1/1ms"));
        assertThat(throttle.next(ann)).isNull();
        long end = System.nanoTime() + Duration.ofMillis(5).toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<Void> turn = later(ann);
        pass(1);
        assertThat(turn).isCompleted();
    }

    @Test
    void onlySoManyOfOneUserWait() {
        throttle = throttle(Map.of("message", "5/0.5s", "message-wait", "0.25s"), 1, 10);
        exhaust();
        CompletableFuture<Void> first = later(ann);
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> throttle.next(ann));
        assertThat(refused("user")).isEqualTo(1);
        pass(100);
        assertThat(first).isCompleted();
        // Its place is free again.
        CompletableFuture<Void> second = later(ann);
        pass(100);
        assertThat(second).isCompleted();
    }

    @Test
    void onlySoManyOfAllWait() {
        throttle = throttle(Map.of("message", "1/0.1s", "message-wait", "0.25s"), 10, 1);
        assertThat(throttle.next(ann)).isNull();
        assertThat(throttle.next(bob)).isNull();
        CompletableFuture<Void> first = later(ann);
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> throttle.next(bob));
        assertThat(refused("total")).isEqualTo(1);
        pass(100);
        assertThat(first).isCompleted();
        assertThat(throttle.next(bob)).isNull();
    }

    @Test
    void offNobodyWaits() {
        throttle = throttle(Map.of("enabled", "false"));
        for (int i = 0; i < 100; i++) {
            assertThat(throttle.next(ann)).isNull();
        }
    }
}
