package org.xfchat.signal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.xfchat.background.WorkerLoop;
import org.xfchat.database.DirectDatabase;
import org.xfchat.database.SqlFailure;
import org.xfchat.failure.Failures;

/**
 * The one connection that listens. It says something to itself now and then and starts anew when it does not hear it: a
 * server that hangs, a network that swallows packets and a pooler that hands the connection to somebody else look alike.
 */
final class Listener {
    /** Begins a ping, as a topic's name begins a signal. */
    static final String PING = "ping";

    /** What {@code pg_stat_activity} calls the connection. */
    static final String APPLICATION = "xfchat-listener";

    private static final Logger LOG = Logger.getLogger(Listener.class);
    private static final long FIRST_BACKOFF_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_BACKOFF_NANOS = Duration.ofSeconds(5).toNanos();
    private static final String NOTIFY = "select pg_notify('" + Signals.CHANNEL + "', ?)";

    private final Config settings;
    private final Signals.Rhythm rhythm;
    private final String pingPrefix;
    private final Consumer<String> heard;
    private final Runnable proven;
    private final Counter reconnects;
    private final Counter failures;
    private final Timer handling;
    private final WorkerLoop loop;

    private volatile boolean listening;

    // Of the present connection.
    private volatile long listeningSince;

    private volatile @Nullable Connection current;
    private long pings;
    private long backoffNanos = FIRST_BACKOFF_NANOS;
    private boolean everListened;
    private boolean lost;

    /**
     * @param settings where to connect to; read late, after they were found to be acceptable
     * @param heard gets every payload but this replica's pings
     * @param proven runs when the first ping of a connection was heard
     */
    Listener(
            Config settings,
            Signals.Rhythm rhythm,
            UUID replica,
            Consumer<String> heard,
            Runnable proven,
            MeterRegistry metrics,
            Failures failures) {
        this.settings = settings;
        this.rhythm = rhythm;
        this.pingPrefix = PING + ' ' + replica + ' ';
        this.heard = heard;
        this.proven = proven;
        this.reconnects = Counter.builder("xfchat.signal.reconnects")
                .description("How often the listener tried to connect again")
                .register(metrics);
        this.failures = SqlFailure.connectionFailures(metrics, "listener");
        this.handling = Timer.builder("xfchat.signal.handling")
                .description("from a signal's arrival here until those whom it concerns are told")
                .serviceLevelObjectives(Signals.DELAY_BUCKETS)
                .register(metrics);
        this.loop = new WorkerLoop("listener", this::session, () -> {}, failures);
    }

    WorkerLoop loop() {
        return loop;
    }

    boolean isListening() {
        return listening;
    }

    /** Whether it has heard everything for so long, without a gap. */
    boolean hasListenedFor(long nanos) {
        return listening && System.nanoTime() - listeningSince >= nanos;
    }

    /** Ends the wait for the next signal, after the beat was stopped. */
    void disconnect() {
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException broken) {
                LOG.debug("the listener's connection was broken already", broken);
            }
        }
    }

    /** One connection from its beginning to its end; how long to wait before the next. */
    private long session() {
        if (everListened || lost) {
            reconnects.increment();
        }
        try (Connection connection = connect()) {
            current = connection;
            try (Statement listen = connection.createStatement()) {
                listen.execute("listen " + Signals.CHANNEL);
            }
            listen(connection);
        } catch (SQLException ended) {
            if (!loop.isStopped()) {
                lost(ended);
            }
        } finally {
            current = null;
            listening = false;
        }
        long wait = ThreadLocalRandom.current().nextLong(backoffNanos / 2, backoffNanos);
        backoffNanos = Math.min(2 * backoffNanos, LONGEST_BACKOFF_NANOS);
        return wait;
    }

    /** Around PgBouncer where there is a way. */
    private Connection connect() throws SQLException {
        // Also of the handshake: the driver gives up waiting for it after connectTimeout but leaves its thread behind.
        return new DirectDatabase(settings)
                .connect(
                        APPLICATION,
                        Map.of(
                                "socketTimeout",
                                String.valueOf(Math.max(1, rhythm.pingTimeout().toSeconds()))));
    }

    private void listen(Connection connection) throws SQLException {
        PGConnection notifications = connection.unwrap(PGConnection.class);
        long expected = ping(connection);
        boolean answered = false;
        long next = System.nanoTime() + rhythm.pingTimeout().toNanos();
        while (!loop.isStopped()) {
            long left = next - System.nanoTime();
            if (left <= 0) {
                if (!answered) {
                    throw new SQLTimeoutException("a ping was not heard within " + rhythm.pingTimeout());
                }
                expected = ping(connection);
                answered = false;
                next = System.nanoTime() + rhythm.pingTimeout().toNanos();
                continue;
            }
            PGNotification[] arrived = notifications.getNotifications((int) (left / 1_000_000) + 1);
            if (arrived == null) {
                continue;
            }
            long arrivedNanos = System.nanoTime();
            for (PGNotification notification : arrived) {
                String payload = notification.getParameter();
                if (!payload.startsWith(pingPrefix)) {
                    heard.accept(payload);
                    handling.record(System.nanoTime() - arrivedNanos, TimeUnit.NANOSECONDS);
                } else if (payload.equals(pingPrefix + expected)) {
                    answered = true;
                    next = System.nanoTime() + rhythm.pingEvery().toNanos();
                    proved();
                }
            }
        }
    }

    private long ping(Connection connection) throws SQLException {
        pings++;
        try (PreparedStatement ping = connection.prepareStatement(NOTIFY)) {
            ping.setString(1, pingPrefix + pings);
            ping.execute();
        }
        return pings;
    }

    private void proved() {
        if (listening) {
            return;
        }
        if (lost) {
            LOG.info("signals are heard again");
        } else {
            LOG.debug("signals are heard");
        }
        lost = false;
        everListened = true;
        backoffNanos = FIRST_BACKOFF_NANOS;
        listeningSince = System.nanoTime();
        listening = true;
        proven.run();
    }

    private void lost(SQLException ended) {
        failures.increment();
        if (!lost) {
            lost = true;
            LOG.warnf("signals are not heard, the poll finds messages meanwhile: %s", ended.getMessage());
        }
        LOG.debug("the listener's connection ended", ended);
    }
}
