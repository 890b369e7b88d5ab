package org.xfchat.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.SqlFailure;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Decision.Accepted;
import org.xfchat.log.Decision.Facts;
import org.xfchat.log.Decision.Refused;
import org.xfchat.log.Decision.Skipped;
import org.xfchat.log.Decision.Verdict;

/**
 * Writes a batch in one transaction of two round trips (lock and read, insert and commit) on a connection of its own, which
 * it opens when it needs one. Used by one thread, except for {@link #abort}.
 */
final class LaneWriter {
    private static final Logger LOG = Logger.getLogger(LaneWriter.class);

    private static final int ATTEMPTS = 3;
    private static final long MAX_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** While the database is away every batch fails, as fast as clients try again; the log says so now and then. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String MESSAGE_ID_KEY = "chat_messages_pkey";

    /**
     * Where the connections lead.
     *
     * @param preamble statements that are run at the beginning of each transaction, in the first round trip
     */
    record Target(String url, Properties login, List<String> preamble) {}

    /** How far a transaction has come. */
    private enum Step {
        CONNECTING,
        READING,
        WRITING
    }

    private final BatchStatements statements;
    private final Target target;
    private final LogMetrics metrics;
    private volatile @Nullable Connection connection;
    private volatile boolean aborted;
    private Step step = Step.CONNECTING;
    private boolean failing;
    private long warnedNanos;

    LaneWriter(Target target, ObjectMapper json, LogMetrics metrics) {
        this.target = target;
        this.statements = new BatchStatements(target.preamble(), json);
        this.metrics = metrics;
    }

    /**
     * Writes what can be written, in one transaction unless something fails.
     *
     * @param wait whether to wait for locks that somebody else holds, rather than skip
     */
    Written write(List<Draft> drafts, boolean wait) {
        boolean again = false;
        for (int attempt = 1; ; attempt++) {
            boolean kept = connection != null;
            try {
                Written written = metrics.commit().recordCallable(() -> transaction(drafts, wait));
                succeeded();
                return written;
            } catch (Exception failed) {
                SqlFailure failure = SqlFailure.of(failed).orElse(SqlFailure.OTHER);
                reset(failure);
                if (failure == SqlFailure.TRANSIENT) {
                    boolean lockTimeout = SqlFailure.isLockTimeout(failed);
                    if (lockTimeout && (attempt == ATTEMPTS || step == Step.READING)) {
                        return Written.all(drafts, new Skipped());
                    }
                    if (attempt < ATTEMPTS) {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(MAX_JITTER_NANOS));
                        continue;
                    }
                    return failed(drafts, ErrorCode.UNAVAILABLE, failed);
                }
                if (failure == SqlFailure.UNAVAILABLE) {
                    metrics.connectionFailures().increment();
                    // Once more on a new connection: where nobody knows what was committed, and where a connection that
                    // nobody used for long turns out to be closed.
                    if (!again
                            && !aborted
                            && ((step == Step.WRITING && SqlFailure.isUnanswered(failed))
                                    || (kept && step == Step.READING && SqlFailure.isLost(failed)))) {
                        again = true;
                        continue;
                    }
                    return failed(drafts, ErrorCode.UNAVAILABLE, failed);
                }
                return isolated(drafts, wait, failure, failed);
            } catch (Error broken) {
                // Its transaction must not become the next one's.
                close();
                throw broken;
            }
        }
    }

    private void succeeded() {
        if (failing) {
            failing = false;
            LOG.info("messages are written again");
        }
    }

    /** Everybody is refused alike. */
    private Written failed(List<Draft> drafts, ErrorCode code, Exception cause) {
        metrics.failedBatches().increment();
        long now = System.nanoTime();
        boolean isNews = code != ErrorCode.UNAVAILABLE || !failing || now - warnedNanos >= QUIET_NANOS;
        if (isNews) {
            failing = true;
            warnedNanos = now;
        }
        LOG.logf(
                isNews ? Logger.Level.WARN : Logger.Level.DEBUG,
                "a batch of %d messages failed while %s: %s",
                drafts.size(),
                step,
                SqlFailure.find(cause).map(Throwable::getMessage).orElseGet(cause::toString));
        return Written.all(drafts, new Refused(new ApiException(code, cause)));
    }

    /** One of them cannot be written, for a reason of its own: halves tell which. */
    private Written isolated(List<Draft> drafts, boolean wait, SqlFailure failure, Exception cause) {
        if (drafts.size() > 1) {
            int half = drafts.size() / 2;
            return write(drafts.subList(0, half), wait).and(write(drafts.subList(half, drafts.size()), wait));
        }
        if (failure == SqlFailure.UNSTORABLE) {
            return Written.all(
                    drafts,
                    new Refused(new ApiException(
                            ErrorCode.INVALID_REQUEST, "The text has a character that cannot be stored")));
        }
        return failed(drafts, ErrorCode.INTERNAL, cause);
    }

    private Written transaction(List<Draft> drafts, boolean wait) throws SQLException {
        step = Step.CONNECTING;
        Connection kept = connection;
        Connection open = kept == null ? connect() : kept;
        while (true) {
            step = Step.READING;
            Facts facts = statements.read(open, drafts, wait);
            List<Verdict> verdicts = Decision.decide(drafts, facts);
            List<Accepted> accepted = verdicts.stream()
                    .filter(Accepted.class::isInstance)
                    .map(Accepted.class::cast)
                    .toList();
            if (accepted.isEmpty()) {
                open.rollback();
                return new Written(verdicts, Map.of());
            }
            step = Step.WRITING;
            try {
                return new Written(verdicts, statements.insertAndCommit(open, accepted, facts));
            } catch (SQLException failed) {
                if (!MESSAGE_ID_KEY.equals(SqlFailure.violatedKey(failed))) {
                    throw failed;
                }
                // Message ids are global and locks are not: another replica has just stored one of them in another
                // conversation. That is decided differently now, so that this ends.
                open.rollback();
            }
        }
    }

    private Connection connect() throws SQLException {
        Connection opened = DriverManager.getConnection(target.url(), target.login());
        connection = opened;
        opened.setAutoCommit(false);
        return opened;
    }

    /** After a failure: a connection in doubt is not used again. */
    private void reset(SqlFailure failure) {
        Connection open = connection;
        if (open == null) {
            return;
        }
        if (failure == SqlFailure.UNAVAILABLE) {
            close();
            return;
        }
        try {
            open.rollback();
        } catch (SQLException broken) {
            LOG.debug("a failed transaction's connection is broken", broken);
            close();
        }
    }

    void close() {
        Connection open = connection;
        connection = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (SQLException broken) {
            LOG.debug("a lane's connection was broken already", broken);
        }
    }

    /** Ends what is going on, from another thread; it is not tried again. */
    void abort() {
        aborted = true;
        Connection open = connection;
        try {
            if (open != null) {
                open.abort(Runnable::run);
            }
        } catch (SQLException broken) {
            LOG.debug("a lane's connection was broken already", broken);
        }
    }
}
