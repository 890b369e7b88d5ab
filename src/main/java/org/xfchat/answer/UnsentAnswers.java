package org.xfchat.answer;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xfchat.failure.Failures;

/** The answers that are on their way: those of which nothing is taken are given up. */
@Singleton
class UnsentAnswers {
    private static final int WATCH_MILLIS = 1000;

    private final AnswerConfig config;
    private final MeterRegistry meters;
    private final Failures failures;
    private final Set<Sending> unsent = ConcurrentHashMap.newKeySet();

    UnsentAnswers(AnswerConfig config, Vertx vertx, MeterRegistry meters, Failures failures) {
        this.failures = failures;
        this.config = config;
        this.meters = meters;
        vertx.setPeriodic(WATCH_MILLIS, tick -> cutStalled());
    }

    /** Watches over an answer until {@link #remove}. */
    void add(Sending answer) {
        unsent.add(answer);
    }

    void remove(Sending answer) {
        unsent.remove(answer);
    }

    private void cut(Sending answer) {
        try {
            answer.cut();
        } catch (Throwable bug) {
            failures.survived("watch", bug);
        }
    }

    private void cutStalled() {
        long now = System.nanoTime();
        for (Sending answer : unsent) {
            if (answer.isStalled(now, config.stallTimeout().toNanos())) {
                meters.counter("xfchat.answer.cut").increment();
                cut(answer);
            }
        }
    }
}
