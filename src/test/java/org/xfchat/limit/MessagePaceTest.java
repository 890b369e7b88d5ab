package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class MessagePaceTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private MessagePace pace = pace(Map.of());

    /** Five at once, then one every 100 ms; a wait of 250 ms is good for two of them. */
    private MessagePace pace(Map<String, String> changed) {
        Map<String, String> settings =
                new HashMap<>(Map.of("message.burst", "5", "message.period", "0.5s", "message-wait", "0.25s"));
        settings.putAll(changed);
        return new MessagePace(TestLimits.with(settings), meters);
    }

    @AfterEach
    void stop() {
        pace.stop();
    }

    private void exhaust() {
        for (int i = 0; i < 5; i++) {
            assertThat(pace.next(ann)).isNull();
        }
    }

    /** A turn that is not now. */
    private Uni<Void> later(UUID user) {
        return Objects.requireNonNull(pace.next(user), "it is the user's turn");
    }

    private double refused(String scope) {
        return meters.counter("xfchat.limit.refused", "action", "message", "scope", scope)
                .count();
    }

    @Test
    void aBurstGoesThroughAtOnceAndWhatFollowsInTurn() {
        long start = System.nanoTime();
        exhaust();
        Uni<Void> first = later(ann);
        Uni<Void> second = later(ann);
        assertThat(pace.next(bob)).isNull();
        first.await().atMost(SOON);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        second.await().atMost(SOON);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(meters.counter("xfchat.limit.delayed", "action", "message").count())
                .isEqualTo(2);
    }

    @Test
    void whoseTurnIsTooFarIsRefusedAfterTheWait() {
        exhaust();
        List<Uni<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(later(ann));
        }
        long start = System.nanoTime();
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> waiting.get(3).await().atMost(SOON))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
                    assertThat(refused.headers()).containsEntry("Retry-After", "1");
                });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(refused("user")).isEqualTo(1);
    }

    @Test
    void onlySoManyOfOneUserWait() {
        pace = pace(Map.of("waiting-per-user", "1"));
        exhaust();
        Uni<Void> first = later(ann);
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> pace.next(ann));
        assertThat(refused("user")).isEqualTo(1);
        first.await().atMost(SOON);
        // Its place is free again.
        assertThat(pace.next(ann))
                .satisfiesAnyOf(
                        next -> assertThat(next).isNull(), next -> next.await().atMost(SOON));
    }

    @Test
    void onlySoManyOfAllWait() {
        pace = pace(Map.of("waiting", "1", "message.burst", "1", "message.period", "0.1s"));
        assertThat(pace.next(ann)).isNull();
        assertThat(pace.next(bob)).isNull();
        Uni<Void> first = later(ann);
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> pace.next(bob));
        assertThat(refused("total")).isEqualTo(1);
        first.await().atMost(SOON);
    }

    @Test
    void offNobodyWaits() {
        pace = pace(Map.of("enabled", "false"));
        for (int i = 0; i < 100; i++) {
            assertThat(pace.next(ann)).isNull();
        }
    }
}
