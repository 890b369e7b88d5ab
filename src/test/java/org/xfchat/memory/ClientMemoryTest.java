package org.xfchat.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

class ClientMemoryTest {
    private static final long MIB = 1 << 20;
    private static final long PART = MIB;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** 8 MiB, of which one holder has 1. */
    private ClientMemory memory(boolean limitsHolders, Duration patience) {
        MemoryConfig config = () -> Optional.of(new MemorySize(BigInteger.valueOf(8 * MIB)));
        return new ClientMemory(config, limitsHolders, patience, () -> false, meters);
    }

    private double used() {
        return meters.get("xfchat.memory.used").gauge().value();
    }

    private double refused(String scope) {
        return meters.get("xfchat.memory.refused").tag("scope", scope).counter().count();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable taking) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(taking)
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static Reservation of(ClientMemory memory, Object holder, long bytes) {
        Reservation reservation = memory.reservation(holder);
        try {
            reservation.resize(bytes);
        } catch (ApiException refused) {
            reservation.close();
            throw refused;
        }
        return reservation;
    }

    @Test
    void isGivenBackToTheLastByte() {
        ClientMemory memory = memory(true, Duration.ZERO);
        Reservation one = of(memory, ann, MIB);
        assertThat(used()).isEqualTo(MIB);
        one.resize(1);
        assertThat(used()).as("a unit, of the memory for small ones").isEqualTo(1024);
        one.resize(MIB / 2);
        assertThat(used()).isEqualTo(MIB / 2);
        one.close();
        one.close();
        assertThat(used()).isZero();
        one.resize(MIB);
        assertThat(used()).as("closed is closed").isZero();
        assertThat(memory.open()).isZero();
    }

    @Test
    void aHolderHasAPartOfIt() {
        ClientMemory memory = memory(true, Duration.ZERO);
        Reservation first = of(memory, ann, PART);
        assertRefused(ErrorCode.TOO_MANY_REQUESTS, () -> of(memory, ann, 1));
        assertThat(refused("user")).isEqualTo(1);
        Reservation others = of(memory, "192.0.2.1", PART);
        first.close();
        of(memory, ann, PART).close();
        others.close();
        assertThat(used()).isZero();
    }

    @Test
    void someHoldersLeaveEnoughForOthers() {
        ClientMemory memory = memory(true, Duration.ZERO);
        for (int user = 0; user < 4; user++) {
            UUID reader = UUID.randomUUID();
            for (int answer = 0; answer < 100; answer++) {
                Reservation wanted = memory.reservation(reader);
                boolean unused = wanted.tryResize(100_000);
            }
        }
        assertThat(used()).isLessThanOrEqualTo(4.0 * PART);
        of(memory, bob, 4 * MIB).close();
    }

    @Test
    void withoutLimitsAHolderHasAllOfIt() {
        ClientMemory memory = memory(false, Duration.ZERO);
        of(memory, ann, 8 * MIB);
        assertRefused(ErrorCode.UNAVAILABLE, () -> of(memory, bob, MIB));
        assertThat(refused("total")).isEqualTo(1);
    }

    @Test
    void smallOnesNeedNotWaitForLargeOnes() {
        ClientMemory memory = memory(true, Duration.ZERO);
        Reservation all = of(memory, "service", 8 * MIB);
        Reservation small = of(memory, bob, 128 << 10);
        assertThat(used()).isEqualTo(8 * MIB + (128 << 10));
        assertRefused(ErrorCode.UNAVAILABLE, () -> small.resize((128 << 10) + 1));
        assertThat(used()).as("as before").isEqualTo(8 * MIB + (128 << 10));
        all.close();
        small.resize(129 << 10);
        assertThat(used()).isEqualTo(129 << 10);
        small.close();
        assertThat(used()).isZero();
    }

    /** Else nobody could ever read a message that is larger, or only who has nothing else open. */
    @Test
    void aSingleOneMayBeAsLargeAsAllBesideLittleElse() {
        ClientMemory memory = memory(true, Duration.ZERO);
        Reservation little = of(memory, ann, PART / 4);
        Reservation large = of(memory, ann, 7 * MIB);
        assertRefused(ErrorCode.TOO_MANY_REQUESTS, () -> of(memory, ann, 1));
        large.close();
        little.close();
        Reservation larger = of(memory, ann, 100 * MIB);
        assertThat(used()).isEqualTo(8 * MIB);
        larger.close();
        assertThat(used()).isZero();
    }

    @Test
    void isWaitedForByFew() {
        ClientMemory memory = memory(true, Duration.ofMinutes(1));
        Reservation all = of(memory, "service", 8 * MIB);
        List<CompletableFuture<Void>> waiting = Stream.of(ann, bob, UUID.randomUUID())
                .map(user -> CompletableFuture.runAsync(
                        () -> {
                            try (Reservation reservation = memory.reservation(user)) {
                                reservation.await(8 * MIB);
                            }
                        },
                        threads))
                .toList();
        await().until(() -> memory.waiting() == 3);
        Reservation oneTooMany = memory.reservation(UUID.randomUUID());
        assertRefused(ErrorCode.UNAVAILABLE, () -> oneTooMany.await(8 * MIB));
        all.close();
        assertThat(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(10));
        oneTooMany.close();
        assertThat(used()).isZero();
        assertThat(memory.open()).isZero();
    }

    /** Otherwise both would wait until their patience is over. */
    @Test
    void whoWaitsHasNothingThatAnotherWaitsFor() {
        ClientMemory memory = memory(true, Duration.ofMinutes(1));
        List<Reservation> grown = List.of(of(memory, ann, PART / 2), of(memory, ann, PART / 2));
        List<CompletableFuture<Void>> waiting = grown.stream()
                .map(reservation -> CompletableFuture.runAsync(
                        () -> {
                            try (reservation) {
                                reservation.await(2 * PART);
                            }
                        },
                        threads))
                .toList();
        assertThat(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(10));
        assertThat(used()).isZero();
    }

    /** Otherwise one user's requests would hold all the threads that answer requests. */
    @Test
    void ofOneHolderOnlyTwoWait() {
        ClientMemory memory = memory(true, Duration.ofMinutes(1));
        Reservation own = of(memory, ann, PART);
        List<CompletableFuture<Void>> waiting = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> {
                            try (Reservation reservation = memory.reservation(ann)) {
                                reservation.await(PART);
                            }
                        },
                        threads))
                .toList();
        await().until(() -> memory.waiting() == 2);
        Reservation third = memory.reservation(ann);
        assertRefused(ErrorCode.TOO_MANY_REQUESTS, () -> third.await(PART));
        of(memory, bob, PART).close();
        own.close();
        assertThat(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void isNeverWaitedForInsideATransaction() {
        ClientMemory memory = new ClientMemory(Optional::empty, true, Duration.ZERO, () -> true, meters);
        Reservation reservation = memory.reservation(ann);
        assertThatIllegalStateException().isThrownBy(() -> reservation.await(1));
    }

    @Test
    void nothingIsLeftAfterAnything() {
        ClientMemory memory = memory(true, Duration.ofMillis(1));
        List<Object> holders = List.of(ann, bob, "192.0.2.1", "192.0.2.2");
        List<CompletableFuture<Void>> all = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.runAsync(() -> useAtRandom(memory, holders), threads))
                .toList();
        assertThat(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(60));
        assertThat(used()).isZero();
        assertThat(memory.open()).isZero();
        assertThat(memory.waiting()).isZero();
    }

    private static void useAtRandom(ClientMemory memory, List<Object> holders) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<Reservation> open = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            Reservation reservation = memory.reservation(holders.get(random.nextInt(holders.size())));
            open.add(reservation);
            try {
                if (random.nextInt(50) == 0) {
                    reservation.await(random.nextLong(4 * MIB));
                } else {
                    reservation.resize(random.nextLong(random.nextBoolean() ? 4 * MIB : 40_000));
                }
            } catch (ApiException refused) {
                assertThat(refused.code()).isIn(ErrorCode.TOO_MANY_REQUESTS, ErrorCode.UNAVAILABLE);
            }
            if (open.size() > 20) {
                open.remove(random.nextInt(open.size())).close();
            }
        }
        open.forEach(Reservation::close);
    }
}
