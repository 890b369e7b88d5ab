package org.xfchat.database;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failure of PostgreSQL means (PostgreSQL manual, appendix A, for the codes). */
public enum SqlFailure {
    /** Deadlock, serialisation, lock timeout: the whole command may simply be tried again. */
    TRANSIENT,
    /** Lost, refused, ended by the server, out of connections or space, too slow, or read-only after a failover. */
    UNAVAILABLE,
    /** A value that PostgreSQL cannot store, such as U+0000. */
    UNSTORABLE,
    /** Ours: a bug. */
    OTHER;

    private static final String READ_ONLY = "25006";

    /** Severities after which there is no connection any more (PostgreSQL manual, table 20.2). */
    private static final Set<String> SESSION_ENDS = Set.of("FATAL", "PANIC");

    /** What the deepest SQL error below {@code thrown} means; empty when there is none. */
    public static Optional<SqlFailure> of(Throwable thrown) {
        return find(thrown).map(SqlFailure::classify);
    }

    /**
     * Counts attempts that found no usable connection, or lost theirs.
     *
     * @param purpose whose: {@code pool}, {@code lane}, {@code listener} or {@code probe}
     */
    public static Counter connectionFailures(MeterRegistry meters, String purpose) {
        return meters.counter("xfchat.database.connection.failures", "purpose", purpose);
    }

    /** The name of the violated unique constraint or index, null when {@code thrown} is about none. */
    public static @Nullable String violatedKey(Throwable thrown) {
        return find(thrown)
                .filter(sql -> "23505".equals(sql.getSQLState()))
                .map(sql -> sql instanceof PSQLException server ? server.getServerErrorMessage() : null)
                .map(ServerErrorMessage::getConstraint)
                .orElse(null);
    }

    /** Whether the server, or the session, takes no writes. */
    public static boolean isReadOnly(Throwable thrown) {
        return find(thrown).filter(sql -> READ_ONLY.equals(sql.getSQLState())).isPresent();
    }

    /** Whether somebody else's lock was waited for in vain. */
    public static boolean isLockTimeout(Throwable thrown) {
        return find(thrown).filter(sql -> "55P03".equals(sql.getSQLState())).isPresent();
    }

    /** Whether nobody knows what became of the statement: the server has said nothing, or ended the session. */
    public static boolean isUnanswered(Throwable thrown) {
        return find(thrown)
                .filter(sql -> !(sql instanceof PSQLException server && server.getServerErrorMessage() != null)
                        || hasEndedSession(sql))
                .isPresent();
    }

    /** Whether the connection was closed by the other side, rather than silent for too long. */
    public static boolean isLost(Throwable thrown) {
        return find(thrown)
                .filter(sql -> sql.getSQLState() != null
                        && sql.getSQLState().matches("08...|57P0[123]")
                        && !(sql.getCause() instanceof SocketTimeoutException))
                .isPresent();
    }

    /** The SQL error in the chain of causes and suppressed exceptions that has a state, else any, else empty. */
    public static Optional<SQLException> find(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(thrown);
        SQLException found = null;
        while (!open.isEmpty()) {
            Throwable next = open.poll();
            if (!seen.add(next)) {
                continue;
            }
            if (next instanceof SQLException sql && (found == null || found.getSQLState() == null)) {
                found = sql;
            }
            if (next.getCause() != null) {
                open.add(next.getCause());
            }
            Collections.addAll(open, next.getSuppressed());
        }
        return Optional.ofNullable(found);
    }

    private static SqlFailure classify(SQLException sql) {
        String state = sql.getSQLState();
        if (state == null || state.length() != 5) {
            // The pool's own: no connection within the acquire timeout, or a connection that just broke.
            return UNAVAILABLE;
        }
        if (state.equals("40P01") || state.equals("40001") || state.equals("55P03")) {
            return TRANSIENT;
        }
        if (state.equals("22021") || state.equals("22P05")) {
            return UNSTORABLE;
        }
        if (hasEndedSession(sql)) {
            return UNAVAILABLE;
        }
        return switch (state.substring(0, 2)) {
            // 99 is pgjdbc's own, when it is interrupted while it connects: the pool gave up waiting for it.
            case "08", "53", "57", "58", "99" -> UNAVAILABLE;
            default ->
                state.equals(READ_ONLY) || sql.getCause() instanceof SocketTimeoutException ? UNAVAILABLE : OTHER;
        };
    }

    /** Whatever the code: to who connects while the disk is full, for one, PostgreSQL speaks of an internal error. */
    private static boolean hasEndedSession(SQLException sql) {
        ServerErrorMessage message = sql instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return message != null && message.getSeverity() != null && SESSION_ENDS.contains(message.getSeverity());
    }
}
