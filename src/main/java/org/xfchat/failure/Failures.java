package org.xfchat.failure;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Reports what nobody expected, errors too, where it must not end what goes on. Safe for any thread. */
@Singleton
public class Failures {
    private static final Logger LOG = Logger.getLogger(Failures.class);
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private final MeterRegistry meters;
    private final Map<String, Long> logged = new ConcurrentHashMap<>();

    Failures(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Where nothing of the container is running. */
    public static Failures in(MeterRegistry meters) {
        return new Failures(meters);
    }

    /** A failure in one line: what it says, or its kind where it says nothing. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    /**
     * Counts a failure, and logs it unless the same place has failed in the last minute. Never throws.
     *
     * @param where a word for metrics
     */
    public void survived(String where, Throwable failure) {
        try {
            meters.counter("xfchat.failure.survived", "where", where).increment();
            long now = System.nanoTime();
            Long last = logged.get(where);
            if (last == null || now - last >= QUIET_NANOS) {
                logged.put(where, now);
                LOG.errorf(failure, "failed unexpectedly and goes on: %s", where);
            } else {
                LOG.debugf(failure, "failed again and goes on: %s", where);
            }
        } catch (Throwable failing) {
            // Out of memory, for one: what calls this must go on all the more.
            LOG.debug("a failure cannot be reported", failing);
        }
    }
}
