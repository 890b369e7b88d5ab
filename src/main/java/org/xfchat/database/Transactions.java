package org.xfchat.database;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * The one way of requests to the database: a transaction per command, tried again as a whole when PostgreSQL asks for it, or a single
 * question; failures are turned into what the client is told.
 */
@Singleton
public class Transactions {
    private static final Logger LOG = Logger.getLogger(Transactions.class);

    /** Hibernate's. */
    private static final Logger SLOW = Logger.getLogger("org.hibernate.SQL_SLOW");

    private static final int ATTEMPTS = 3;
    private static final int MAX_JITTER_MILLIS = 50;

    private static final Duration[] STATEMENT_BUCKETS = LongStream.of(5, 10, 50, 100, 500, 1000, 5000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Session session;
    private final SessionFactoryImplementor factory;
    private final DataSource pool;
    private final DatabaseConfig config;
    private final long slowNanos;
    private final Timer statements;
    private final Counter slowStatements;
    private final Counter connectionFailures;

    /** @param slowMillis from when on Hibernate logs a statement, as text without its values */
    Transactions(
            Session session,
            SessionFactory factory,
            DataSource pool,
            DatabaseConfig config,
            @ConfigProperty(name = "quarkus.hibernate-orm.log.queries-slower-than-ms") long slowMillis,
            MeterRegistry meters) {
        this.session = session;
        this.factory = factory.unwrap(SessionFactoryImplementor.class);
        this.pool = pool;
        this.config = config;
        this.slowNanos = TimeUnit.MILLISECONDS.toNanos(slowMillis);
        this.statements = Timer.builder("xfchat.database.statement")
                .serviceLevelObjectives(STATEMENT_BUCKETS)
                .register(meters);
        this.slowStatements = meters.counter("xfchat.database.slow.statements");
        this.connectionFailures = SqlFailure.connectionFailures(meters, "pool");
        Gauge.builder("xfchat.database.read.only", config, read -> read.readOnly() ? 1 : 0)
                .register(meters);
    }

    /** Times the statements of one session, which one thread uses. */
    private final class Stopwatch implements SessionEventListener {
        private long began;

        @Override
        public void jdbcExecuteStatementStart() {
            began = System.nanoTime();
        }

        @Override
        public void jdbcExecuteStatementEnd() {
            stop();
        }

        /** How long it took, in nanoseconds. */
        private long stop() {
            long took = System.nanoTime() - began;
            statements.record(took, TimeUnit.NANOSECONDS);
            if (took >= slowNanos) {
                slowStatements.increment();
            }
            return took;
        }

        @Override
        public void jdbcExecuteBatchStart() {
            jdbcExecuteStatementStart();
        }

        @Override
        public void jdbcExecuteBatchEnd() {
            jdbcExecuteStatementEnd();
        }
    }

    /** A consistent read; everything that {@code query} reads is read in one transaction. */
    public <T extends @Nullable Object> T read(Supplier<T> query) {
        return attempt(query, key -> null, 1);
    }

    /**
     * One question of one statement: that is consistent by itself, and to begin and to end a transaction around it would be two more
     * ways to the database and back. On a connection of the pool's that goes back at once: a session outside of a transaction lasts as
     * long as its request, which for a stream is as long as that.
     *
     * @param row what is made of each row
     * @param arguments for each question mark one
     * @return empty for no row
     * @throws ApiException {@code UNAVAILABLE}
     * @throws IllegalStateException in a transaction: it would wait for a second connection, which may never come
     */
    public <T> List<T> ask(String query, Sql.Row<T> row, Object... arguments) {
        if (QuarkusTransaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
            throw new IllegalStateException("a question by itself, in a transaction");
        }
        try (Connection connection = pool.getConnection()) {
            return timed(connection, query, row, arguments);
        } catch (SQLException failed) {
            throw translated(new IllegalStateException(failed), key -> null);
        }
    }

    /** The rows of a question, which is measured, logged when it is slow, and inspected as Hibernate's own are. */
    <T> List<T> timed(Connection connection, String query, Sql.Row<T> row, Object... arguments) throws SQLException {
        StatementInspector inspector = factory.getSessionFactoryOptions().getStatementInspector();
        if (inspector != null) {
            inspector.inspect(query);
        }
        Stopwatch stopwatch = new Stopwatch();
        stopwatch.jdbcExecuteStatementStart();
        try {
            return new Sql(connection).list(query, row, arguments);
        } finally {
            long took = stopwatch.stop();
            if (took >= slowNanos) {
                SLOW.infof("Slow query took %d milliseconds [%s]", TimeUnit.NANOSECONDS.toMillis(took), query);
            }
        }
    }

    /** Whether commands are refused for maintenance; for work that can as well be done later. */
    public boolean areReadOnly() {
        return config.readOnly();
    }

    /** A command that violates no unique key unless there is a bug. */
    public <T extends @Nullable Object> T write(Supplier<T> command) {
        return write(command, key -> null);
    }

    /**
     * Runs {@code command} in one transaction and returns its result after the commit.
     *
     * @param refusals by the name of a unique constraint what violating it means; null where it means a bug
     * @throws ApiException {@code UNAVAILABLE} when it is unknown whether it was committed, or certain that it was not;
     *     {@code READ_ONLY} during maintenance
     */
    public <T extends @Nullable Object> T write(
            Supplier<T> command, Function<String, @Nullable ApiException> refusals) {
        if (config.readOnly()) {
            throw new ApiException(ErrorCode.READ_ONLY);
        }
        return attempt(
                () -> {
                    setLocalTimeouts();
                    return command.get();
                },
                refusals,
                ATTEMPTS);
    }

    /** Of connections through PgBouncer, which takes no options when they are opened; the others have these from then on. */
    private void setLocalTimeouts() {
        if (config.pooledUrl()) {
            session.createNativeMutationQuery("set local lock_timeout = " + DatabaseUrlSource.LOCK_TIMEOUT.toMillis()
                            + "; set local statement_timeout = "
                            + config.statementTimeout().toMillis())
                    .executeUpdate();
        }
    }

    private <T extends @Nullable Object> T attempt(
            Supplier<T> body, Function<String, @Nullable ApiException> refusals, int attempts) {
        for (int attempt = 1; ; attempt++) {
            try {
                return QuarkusTransaction.requiringNew().call(() -> {
                    session.addEventListeners(new Stopwatch());
                    return body.get();
                });
            } catch (ApiException refusal) {
                throw refusal;
            } catch (RuntimeException failed) {
                if (SqlFailure.of(failed).orElse(SqlFailure.OTHER) == SqlFailure.TRANSIENT && attempt < attempts) {
                    LOG.debugf("attempt %d of a command failed transiently", attempt);
                    pause();
                    continue;
                }
                throw translated(failed, refusals);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, MAX_JITTER_MILLIS));
        } catch (InterruptedException shuttingDown) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, shuttingDown);
        }
    }

    private RuntimeException translated(RuntimeException failed, Function<String, @Nullable ApiException> refusals) {
        String key = SqlFailure.violatedKey(failed);
        ApiException refusal = key == null ? null : refusals.apply(key);
        if (refusal != null) {
            return refusal;
        }
        Optional<SqlFailure> known = SqlFailure.of(failed);
        known.filter(failure -> failure == SqlFailure.UNAVAILABLE).ifPresent(failure -> connectionFailures.increment());
        return known.map(failure -> switch (failure) {
                    case TRANSIENT, UNAVAILABLE -> (RuntimeException) new ApiException(ErrorCode.UNAVAILABLE, failed);
                    case UNSTORABLE ->
                        new ApiException(ErrorCode.INVALID_REQUEST, "The text has a character that cannot be stored");
                    case OTHER -> failed;
                })
                .orElse(failed);
    }
}
