package org.xfchat.signal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.xfchat.failure.Failures;

/** Remembers only since when something is to be said; what it is, the owner knows when asked. */
final class CoalescedTopic implements Signals.Topic {
    private static final long NOTHING = 0;

    private final String name;
    private final long coalesceNanos;
    private final Supplier<List<String>> drain;
    private final Consumer<String> hear;
    private final Runnable wake;
    private final Failures failures;
    private final Counter sent;
    private final Counter heard;
    // When it is due on the scale of nanoTime; never NOTHING while something is to be said.
    private final AtomicLong due = new AtomicLong(NOTHING);

    CoalescedTopic(
            String name,
            Duration coalesce,
            Supplier<List<String>> drain,
            Consumer<String> hear,
            Runnable wake,
            MeterRegistry metrics,
            Failures failures) {
        this.name = name;
        this.coalesceNanos = coalesce.toNanos();
        this.drain = drain;
        this.hear = hear;
        this.wake = wake;
        this.failures = failures;
        this.sent = Counter.builder("xfchat.signal.sent")
                .description("Signals that PostgreSQL has taken")
                .tag("topic", name)
                .register(metrics);
        this.heard = Counter.builder("xfchat.signal.heard")
                .description("Signals heard, this replica's own included")
                .tag("topic", name)
                .register(metrics);
    }

    String name() {
        return name;
    }

    @Override
    public void changed() {
        if (due.get() == NOTHING) {
            long at = System.nanoTime() + coalesceNanos;
            if (due.compareAndSet(NOTHING, at == NOTHING ? at + 1 : at)) {
                wake.run();
            }
        }
    }

    /** Nanoseconds until it is due: not positive when it is, {@code Long.MAX_VALUE} when there is nothing to say. */
    long untilDue() {
        long at = due.get();
        return at == NOTHING ? Long.MAX_VALUE : at - System.nanoTime();
    }

    /** What is to be said since the last call; a change from now on makes it due again. */
    List<String> drain() {
        due.set(NOTHING);
        try {
            return drain.get();
        } catch (Throwable bug) {
            failures.survived("topic", bug);
            return List.of();
        }
    }

    void sent(int signals) {
        sent.increment(signals);
    }

    void hear(String text) {
        heard.increment();
        try {
            hear.accept(text);
        } catch (Throwable bug) {
            failures.survived("topic", bug);
        }
    }
}
