package org.xfchat.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.failure.Failures;

class FairExecutorTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private final FairExecutor executor = new FairExecutor("test", 1, Failures.in(metrics));
    private final Queue<String> ran = new ConcurrentLinkedQueue<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() {
        executor.close();
    }

    /** Until then everybody waits. */
    private void occupy() {
        CountDownLatch occupied = new CountDownLatch(1);
        executor.execute(UUID.randomUUID(), () -> {
            occupied.countDown();
            await().atMost(SOON).until(() -> go.getCount() == 0);
        });
        await().atMost(SOON).until(() -> occupied.getCount() == 0);
    }

    @Test
    void takesOneOfEachUserAfterTheOther() {
        UUID many = UUID.randomUUID();
        UUID few = UUID.randomUUID();
        occupy();
        for (int i = 1; i <= 4; i++) {
            String name = "many " + i;
            executor.execute(many, () -> ran.add(name));
        }
        executor.execute(few, () -> ran.add("few 1"));
        executor.execute(few, () -> ran.add("few 2"));
        assertThat(executor.waiting()).isEqualTo(6);
        assertThat(executor.waiting(many)).isEqualTo(4);
        assertThat(executor.waiting(few)).isEqualTo(2);
        go.countDown();
        await().atMost(SOON).until(() -> ran.size() == 6);
        assertThat(ran).containsExactly("many 1", "few 1", "many 2", "few 2", "many 3", "many 4");
        assertThat(executor.waiting()).isZero();
        assertThat(executor.waiting(many)).isZero();
    }

    @Test
    void whatATaskThrowsEndsNothing() {
        UUID user = UUID.randomUUID();
        executor.execute(user, () -> {
            throw new StackOverflowError("asked for by a test");
        });
        executor.execute(user, () -> ran.add("next"));
        await().atMost(SOON).until(() -> List.copyOf(ran).equals(List.of("next")));
        assertThat(metrics.get("xfchat.failure.survived").counter().count()).isEqualTo(1);
    }

    @Test
    void whatIsRefusedDoesNotWait() {
        UUID user = UUID.randomUUID();
        executor.close();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> executor.execute(user, () -> ran.add("never")));
        assertThat(executor.waiting()).isZero();
        assertThat(executor.waiting(user)).isZero();
        assertThat(ran).isEmpty();
    }
}
