package org.xfchat.background;

import java.util.Set;
import org.jboss.logging.Logger;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.failure.Failures;

/**
 * Something that is done again and again, on one thread. That the database is away is said once, until it succeeded; whatever
 * else it throws is reported as a defect. Never throws.
 */
public final class Retried implements Runnable {
    private static final Logger LOG = Logger.getLogger(Retried.class);

    /** What says that it may be done later. */
    private static final Set<ErrorCode> AWAY = Set.of(ErrorCode.UNAVAILABLE, ErrorCode.READ_ONLY, ErrorCode.BUSY);

    private final String name;
    private final Runnable task;
    private final Failures failures;
    private boolean failing;

    /** @param name what a line in the log, and a metric, call it */
    public Retried(String name, Runnable task, Failures failures) {
        this.name = name;
        this.task = task;
        this.failures = failures;
    }

    @Override
    public void run() {
        try {
            task.run();
            failing = false;
        } catch (ApiException refused) {
            if (!AWAY.contains(refused.code())) {
                failures.survived(name, refused);
                return;
            }
            if (!failing) {
                failing = true;
                LOG.warnf("%s failed and is tried again: %s", name, Failures.reason(refused));
            }
            LOG.debugf(refused, "%s failed", name);
        } catch (Throwable bug) {
            failures.survived(name, bug);
        }
    }
}
