package org.xfchat.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestServer;

/** Listener, notifier and poll go on whatever is thrown at them. */
class SignalErrorTest {
    private final Replica replica = new Replica(
            TestServer.newDatabase(),
            true,
            new Signals.Rhythm(Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(5)));

    @AfterEach
    void stop() {
        replica.close();
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    /** Of whoever hears, speaks or looks, however often. */
    @Test
    void anErrorEndsNoThread() {
        AtomicInteger heard = new AtomicInteger();
        AtomicInteger looked = new AtomicInteger();
        AtomicInteger said = new AtomicInteger();
        Signals.Topic topic = replica.signals()
                .topic(
                        "faulty",
                        Duration.ZERO,
                        () -> {
                            if (said.incrementAndGet() == 2) {
                                throw new StackOverflowError("asked for by a test");
                            }
                            return List.of("text");
                        },
                        text -> {
                            heard.incrementAndGet();
                            throw new NoClassDefFoundError("asked for by a test");
                        });
        replica.signals().onPoll(() -> {
            looked.incrementAndGet();
            throw new StackOverflowError("asked for by a test");
        });
        AtomicInteger others = new AtomicInteger();
        replica.signals().onPoll(others::incrementAndGet);
        replica.signals().start();
        patiently().until(replica.signals()::isListening);
        for (int i = 1; i <= 4; i++) {
            int times = i;
            topic.changed();
            patiently().until(() -> said.get() >= times);
        }
        patiently().until(() -> heard.get() >= 3 && looked.get() >= 3 && others.get() >= 3);
        assertThat(replica.signals().isListening()).isTrue();
        assertThat(replica.metric("xfchat.failure.survived")).isGreaterThanOrEqualTo(7);
    }
}
