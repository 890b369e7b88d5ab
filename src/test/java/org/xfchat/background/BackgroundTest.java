package org.xfchat.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.failure.Failures;

/** What goes on by itself goes on whatever is thrown at it, and ends when it is told to. */
class BackgroundTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final long NEVER = Long.MAX_VALUE;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Failures failures = Failures.in(meters);
    private final AtomicInteger count = new AtomicInteger();

    private static ConditionFactory patiently() {
        return await().atMost(LONG);
    }

    private double survived(String where) {
        return meters.counter("xfchat.failure.survived", "where", where).count();
    }

    private void countAndFail() {
        count.incrementAndGet();
        throw new StackOverflowError("asked for by a test");
    }

    private static void blockUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    @Nested
    class ALoop {
        private final AtomicInteger ends = new AtomicInteger();

        private WorkerLoop loop(LongSupplier step) {
            return new WorkerLoop("test", step, ends::incrementAndGet, failures);
        }

        @Test
        void takesStepsUntilItIsStopped() {
            WorkerLoop loop = loop(() -> {
                count.incrementAndGet();
                return 0;
            });
            loop.start();
            loop.start();
            patiently().until(() -> count.get() >= 3);
            loop.stop();
            assertThat(loop.awaitEnd(LONG)).isTrue();
            assertThat(ends).hasValue(1);
        }

        @Test
        void waitsUntilItIsWoken() {
            WorkerLoop loop = loop(() -> {
                count.incrementAndGet();
                return NEVER;
            });
            loop.start(LONG);
            for (int i = 0; i < 3; i++) {
                int before = count.get();
                loop.wake();
                patiently().until(() -> count.get() > before);
            }
            loop.stop();
            assertThat(loop.awaitEnd(LONG)).isTrue();
        }

        @Test
        void thatIsStoppedBeforeItsFirstStepTakesNone() {
            WorkerLoop loop = loop(() -> {
                count.incrementAndGet();
                return NEVER;
            });
            loop.start(LONG);
            loop.stop();
            assertThat(loop.awaitEnd(LONG)).isTrue();
            assertThat(count).hasValue(0);
        }

        @Test
        void neverBeginsAfterItsEnd() {
            WorkerLoop loop = loop(() -> NEVER);
            loop.stop();
            loop.start();
            assertThat(loop.awaitEnd(LONG)).isTrue();
            assertThat(ends).hasValue(0);
        }

        @Test
        void goesOnAfterAnError() {
            WorkerLoop loop = loop(() -> {
                if (count.incrementAndGet() == 1) {
                    throw new NoClassDefFoundError("asked for by a test");
                }
                return NEVER;
            });
            loop.start();
            patiently().until(() -> count.get() == 2);
            assertThat(survived("test")).isEqualTo(1);
            loop.stop();
            assertThat(loop.awaitEnd(LONG)).isTrue();
        }

        @Test
        void isWaitedForAsLongAsAsked() {
            WorkerLoop loop = loop(() -> {
                count.incrementAndGet();
                blockUntilInterrupted();
                return 0;
            });
            loop.start();
            patiently().until(() -> count.get() == 1);
            loop.stop();
            assertThat(loop.awaitEnd(SHORT)).isFalse();
            loop.interrupt();
            assertThat(loop.awaitEnd(LONG)).isTrue();
            assertThat(ends).hasValue(1);
        }
    }

    @Nested
    class TheTimer {
        private final Timer timer = new Timer(failures);

        @Test
        void goesOnAfterAnErrorUntilItIsCancelled() {
            Future<?> faulty = timer.every("faulty", SHORT, BackgroundTest.this::countAndFail);
            patiently().until(() -> count.get() >= 3);
            assertThat(survived("faulty")).isGreaterThanOrEqualTo(2);
            faulty.cancel(false);
            assertThat(timer.executor().shutdownNow()).isEmpty();
        }

        @Test
        void endsWhenItIsClosed() {
            var unused = timer.every("short", SHORT, count::incrementAndGet);
            patiently().until(() -> count.get() >= 1);
            timer.close();
            patiently().until(timer.executor()::isTerminated);
        }
    }

    @Nested
    class AJob {
        private final Jobs jobs = new Jobs(failures);

        @Test
        void isDoneAgainAndAgainWhateverItThrows() {
            AtomicInteger others = new AtomicInteger();
            jobs.every("faulty", SHORT, BackgroundTest.this::countAndFail);
            jobs.start();
            jobs.every("other", SHORT, others::incrementAndGet);
            patiently().until(() -> count.get() >= 3 && others.get() >= 3);
            jobs.stop();
            assertThat(survived("faulty")).isGreaterThanOrEqualTo(3);
        }

        @Test
        void isNotDoneUntilItsPeriodIsOver() {
            AtomicInteger others = new AtomicInteger();
            jobs.every("rare", LONG.multipliedBy(1000), count::incrementAndGet);
            jobs.every("frequent", SHORT, others::incrementAndGet);
            jobs.start();
            patiently().until(() -> others.get() >= 3);
            jobs.stop();
            assertThat(count).hasValue(0);
        }

        @Test
        void thatGoesOnIsWaitedForAndToldToEnd() {
            AtomicBoolean ended = new AtomicBoolean();
            jobs.every("long", SHORT, () -> {
                count.incrementAndGet();
                while (!jobs.areStopping()) {
                    Thread.onSpinWait();
                }
                ended.set(true);
            });
            jobs.start();
            patiently().until(() -> count.get() == 1);
            jobs.stop();
            assertThat(ended).isTrue();
            assertThat(count).hasValue(1);
        }

        @Test
        void hasAPeriod() {
            assertThatIllegalArgumentException().isThrownBy(() -> jobs.every("endless", Duration.ZERO, () -> {}));
        }
    }

    /** That the database is away is no defect. */
    @Test
    void anOutageIsNotCountedAsADefect() {
        Retried retried = new Retried(
                "outage",
                () -> {
                    throw new ApiException(ErrorCode.UNAVAILABLE);
                },
                failures);
        retried.run();
        retried.run();
        assertThat(survived("outage")).isZero();
        new Retried("defect", BackgroundTest.this::countAndFail, failures).run();
        assertThat(survived("defect")).isEqualTo(1);
        new Retried(
                        "refused",
                        () -> {
                            throw new ApiException(ErrorCode.INVALID_REQUEST);
                        },
                        failures)
                .run();
        assertThat(survived("refused")).isEqualTo(1);
    }
}
