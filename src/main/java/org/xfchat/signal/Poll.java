package org.xfchat.signal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.xfchat.failure.Failures;

/** Lets everybody look for themselves what a signal would have told them. */
final class Poll {
    private static final Logger LOG = Logger.getLogger(Poll.class);

    /** One who looks, and whether that failed the last time. */
    private final class Look {
        private final Runnable look;
        private boolean failing;

        Look(Runnable look) {
            this.look = look;
        }

        void take() {
            try {
                look.run();
                failing = false;
            } catch (RuntimeException failed) {
                if (!failing) {
                    failing = true;
                    LOG.warnf("a poll failed and is tried again: %s", Failures.reason(failed));
                }
                LOG.debug("a poll failed", failed);
            } catch (Throwable bug) {
                // Whoever else looks must not be kept from it.
                failures.survived("poll", bug);
            }
        }
    }

    private final Failures failures;
    private final List<Look> looks = new CopyOnWriteArrayList<>();
    private final WorkerLoop loop;

    Poll(Duration every, Failures failures) {
        this.failures = failures;
        this.loop = new WorkerLoop(
                "poll",
                () -> {
                    looks.forEach(Look::take);
                    return every.toNanos();
                },
                () -> {},
                failures);
    }

    WorkerLoop loop() {
        return loop;
    }

    void add(Runnable look) {
        looks.add(new Look(look));
    }
}
