package org.xfchat.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class HashTurnsTest {
    /** Nothing takes that long; only a defect does. */
    private static final Duration HANG = Duration.ofMinutes(2);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<HashTurns> made = new ArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);

    private HashTurns turns(int waiting, Duration wait) {
        HashTurns turns = new HashTurns(1, waiting, wait, meters);
        made.add(turns);
        return turns;
    }

    /** The one thread, until {@link #held} is counted down; asked for again where even that is refused as too late. */
    private CompletableFuture<String> hold(HashTurns turns) {
        while (true) {
            CompletableFuture<Boolean> began = new CompletableFuture<>();
            CompletableFuture<String> first = turns.next(() -> {
                began.complete(true);
                return awaited(held) ? "first" : "never";
            });
            var refused = first.whenComplete((computed, failed) -> began.complete(false));
            if (began.orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join()) {
                return first;
            }
            assertThat(refused).isCompletedExceptionally();
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(HANG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ApiException refusal(CompletableFuture<String> refused) {
        CompletionException thrown = catchThrowableOfType(
                CompletionException.class,
                () -> refused.orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join());
        if (thrown != null && thrown.getCause() instanceof ApiException refusal) {
            return refusal;
        }
        throw new AssertionError("not refused", thrown);
    }

    @AfterEach
    void stop() {
        held.countDown();
        made.forEach(HashTurns::stop);
    }

    @Test
    void areTakenInTheOrderOfTheirComingWithoutAThread() {
        HashTurns turns = turns(100, HANG);
        var unused = hold(turns);
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Boolean>> waiting = IntStream.range(0, 100)
                .mapToObj(i -> turns.next(() -> order.add(i)))
                .toList();
        assertThat(meters.get("xfchat.auth.hash.waiting").gauge().value()).isEqualTo(100);
        held.countDown();
        waiting.forEach(
                each -> each.orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join());
        assertThat(order).isSorted().hasSize(100);
        assertThat(meters.get("xfchat.auth.hash.waiting").gauge().value()).isZero();
    }

    @Test
    void whoComesWhenTheQueueIsFullIsToldWhenToComeBack() {
        HashTurns turns = turns(1, HANG);
        CompletableFuture<String> first = hold(turns);
        CompletableFuture<String> second = turns.next(() -> "second");
        CompletableFuture<String> third = turns.next(() -> "third");
        assertThat(third).isCompletedExceptionally();
        assertThat(refusal(third).code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refusal(third).headers())
                .hasEntrySatisfying(
                        "Retry-After", seconds -> assertThat(seconds).matches("[2-9]|10"));
        held.countDown();
        assertThat(first.join()).isEqualTo("first");
        assertThat(second.orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join()).isEqualTo("second");
    }

    @Test
    void whoWaitsForTooLongIsToldSoAndNeverComputed() {
        HashTurns turns = turns(10, Duration.ofMillis(1));
        CompletableFuture<String> first = hold(turns);
        List<String> computed = new CopyOnWriteArrayList<>();
        CompletableFuture<String> late = turns.next(() -> {
            computed.add("late");
            return "late";
        });
        assertThat(refusal(late).code()).isEqualTo(ErrorCode.BUSY);
        held.countDown();
        assertThat(first.join()).isEqualTo("first");
        turns.stop();
        assertThat(computed).isEmpty();
    }

    @Test
    void whoGivesUpGivesThePlaceUp() {
        HashTurns turns = turns(1, HANG);
        var unused = hold(turns);
        assertThat(turns.next(() -> "gone").cancel(false)).isTrue();
        CompletableFuture<String> next = turns.next(() -> "next");
        held.countDown();
        assertThat(next.orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join()).isEqualTo("next");
    }

    @Test
    void aFailureIsThatOfItsOwnTurnOnly() {
        HashTurns turns = turns(10, HANG);
        CompletableFuture<String> failed = turns.next(() -> {
            throw new OutOfMemoryError("not really");
        });
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(failed::join)
                .withCauseInstanceOf(OutOfMemoryError.class);
        assertThat(turns.next(() -> "next").join()).isEqualTo("next");
    }

    @Test
    void threadsEndWhenTheyAreStopped() {
        HashTurns turns = turns(10, HANG);
        var unused = hold(turns);
        turns.stop();
        await().atMost(HANG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("xfchat-password-hash")));
        assertThat(refusal(turns.next(() -> "late")).code()).isEqualTo(ErrorCode.BUSY);
    }
}
