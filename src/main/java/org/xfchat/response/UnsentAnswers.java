package org.xfchat.response;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xfchat.background.Timer;
import org.xfchat.error.HttpConfig;
import org.xfchat.failure.Failures;

/** The answers that are on their way: those of which nothing is taken are given up. */
@Singleton
class UnsentAnswers {
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);

    private final HttpConfig config;
    private final MeterRegistry meters;
    private final Failures failures;
    private final Set<ResponseWriter> unsent = ConcurrentHashMap.newKeySet();

    UnsentAnswers(HttpConfig config, Timer timer, MeterRegistry meters, Failures failures) {
        this.failures = failures;
        this.config = config;
        this.meters = meters;
        var unused = timer.every("answers", WATCH_EVERY, this::cutStalled);
    }

    /** Watches over an answer until {@link #remove}. */
    void add(ResponseWriter answer) {
        unsent.add(answer);
    }

    void remove(ResponseWriter answer) {
        unsent.remove(answer);
    }

    private void cut(ResponseWriter answer) {
        try {
            answer.cut();
        } catch (Throwable bug) {
            failures.survived("answers", bug);
        }
    }

    private void cutStalled() {
        long now = System.nanoTime();
        for (ResponseWriter answer : unsent) {
            if (answer.isStalled(now, config.stallTimeout().toNanos())) {
                meters.counter("xfchat.answer.cut").increment();
                cut(answer);
            }
        }
    }
}
