package org.xfchat.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.xfchat.answer.AnswerMemory.Hold;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class AnswerMemoryTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final long MIB = 1 << 20;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();

    @AfterAll
    static void end() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private AnswerMemory memory(boolean limitsUsers, Duration patience) {
        AnswerConfig config = new AnswerConfig() {
            @Override
            public Optional<MemorySize> memory() {
                return Optional.of(new MemorySize(BigInteger.valueOf(8 * MIB)));
            }

            @Override
            public Duration patience() {
                return patience;
            }

            @Override
            public Duration stallTimeout() {
                return Duration.ofSeconds(1);
            }
        };
        return new AnswerMemory(config, limitsUsers, VERTX, meters);
    }

    private double used() {
        return meters.get("xfchat.answer.memory").gauge().value();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable taking) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(taking)
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static Hold of(AnswerMemory memory, UUID user, long bytes) {
        Hold hold = memory.hold(user);
        hold.resize(bytes);
        return hold;
    }

    @Test
    void isGivenBackToTheLastByte() {
        AnswerMemory memory = memory(true, Duration.ZERO);
        Hold hold = of(memory, ann, 3 * MIB);
        assertThat(used()).isEqualTo(3 * MIB);
        hold.resize(1);
        assertThat(used()).as("a unit, of the memory for small ones").isEqualTo(1024);
        hold.resize(2 * MIB);
        assertThat(used()).isEqualTo(2 * MIB);
        hold.close();
        hold.close();
        assertThat(used()).isZero();
        hold.resize(MIB);
        assertThat(used()).as("closed is closed").isZero();
    }

    @Test
    void oneUserHasHalfOfIt() {
        AnswerMemory memory = memory(true, Duration.ZERO);
        Hold first = of(memory, ann, 4 * MIB);
        assertRefused(ErrorCode.TOO_MANY_REQUESTS, () -> of(memory, ann, 1));
        assertThat(meters.get("xfchat.answer.refused")
                        .tag("scope", "user")
                        .counter()
                        .count())
                .isEqualTo(1);
        Hold others = of(memory, bob, 4 * MIB);
        first.close();
        assertRefused(ErrorCode.UNAVAILABLE, () -> of(memory, ann, 4 * MIB + 1));
        assertThat(used()).as("who was refused has nothing").isEqualTo(4 * MIB);
        others.close();
    }

    @Test
    void withoutLimitsOneUserHasAllOfIt() {
        AnswerMemory memory = memory(false, Duration.ZERO);
        of(memory, ann, 8 * MIB);
        assertRefused(ErrorCode.UNAVAILABLE, () -> of(memory, bob, MIB));
        assertThat(meters.get("xfchat.answer.refused")
                        .tag("scope", "total")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void smallOnesNeedNotWaitForLargeOnes() {
        AnswerMemory memory = memory(true, Duration.ZERO);
        Hold all = memory.hold(null);
        all.resize(8 * MIB);
        Hold small = of(memory, bob, 16 << 10);
        assertThat(used()).isEqualTo(8 * MIB + (16 << 10));
        assertRefused(ErrorCode.UNAVAILABLE, () -> small.resize((16 << 10) + 1));
        assertThat(used()).as("as before").isEqualTo(8 * MIB + (16 << 10));
        all.close();
        small.resize(17 << 10);
        assertThat(used()).isEqualTo(17 << 10);
        small.close();
        assertThat(used()).isZero();
    }

    /** Else nobody could ever read a message that is larger. */
    @Test
    void aSingleAnswerMayBeAsLargeAsAll() {
        Hold hold = of(memory(true, Duration.ZERO), ann, 100 * MIB);
        assertThat(used()).isEqualTo(8 * MIB);
        hold.close();
        assertThat(used()).isZero();
    }

    @Test
    void isWaitedForByFew() {
        AnswerMemory memory = memory(true, Duration.ofMinutes(1));
        Hold all = memory.hold(null);
        all.resize(8 * MIB);
        ExecutorService threads = Executors.newCachedThreadPool();
        List<CompletableFuture<Void>> waiting = Stream.of(ann, bob, UUID.randomUUID())
                .map(user -> CompletableFuture.runAsync(
                        () -> {
                            Hold hold = memory.hold(user);
                            hold.await(8 * MIB);
                            hold.close();
                        },
                        threads))
                .toList();
        await().until(() -> memory.waiting() == 3);
        Hold oneTooMany = memory.hold(UUID.randomUUID());
        assertRefused(ErrorCode.UNAVAILABLE, () -> oneTooMany.await(8 * MIB));
        all.close();
        assertThat(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(10));
        threads.shutdown();
    }
}
