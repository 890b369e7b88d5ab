package org.xfchat.presence;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.xfchat.background.Retried;
import org.xfchat.background.WorkerLoop;
import org.xfchat.database.Transactions;
import org.xfchat.failure.Failures;
import org.xfchat.signal.Signals;
import org.xfchat.stream.StreamClosed;
import org.xfchat.stream.StreamOpened;

/** Watches the streams of this replica and keeps what is stored of presence true. */
@Singleton
public class Presence {
    private static final Logger LOG = Logger.getLogger(Presence.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final PresenceConfig config;
    private final PresenceRows rows;
    private final UUID replica;
    private final Event<PresenceChanged> changed;
    private final boolean readOnly;
    private final Failures failures;
    private final StreamCounter counter;
    private final WorkerLoop loop;
    private long renewDue = System.nanoTime();
    private long reapDue = System.nanoTime();

    Presence(
            PresenceConfig config,
            PresenceRows rows,
            Signals signals,
            Transactions transactions,
            Event<PresenceChanged> changed,
            MeterRegistry metrics) {
        this.config = config;
        this.rows = rows;
        this.replica = signals.replica();
        this.changed = changed;
        this.readOnly = transactions.areReadOnly();
        this.failures = Failures.in(metrics);
        this.counter = new StreamCounter(config.grace().toNanos());
        Retried beat = new Retried("presence", this::beat, failures);
        this.loop = new WorkerLoop(
                "presence",
                () -> {
                    beat.run();
                    return config.writeEvery().toNanos();
                },
                () -> {},
                failures);
        Gauge.builder("xfchat.presence.users", counter, StreamCounter::size)
                .description("Users with a stream here, or with one a moment ago")
                .register(metrics);
    }

    void opened(@Observes StreamOpened stream) {
        if (!readOnly) {
            counter.opened(stream.userId());
        }
    }

    void closed(@Observes StreamClosed stream) {
        counter.closed(stream.userId(), System.nanoTime());
    }

    /** Begins to write; the second time nothing. In maintenance there is nothing to begin. */
    public void start() {
        if (!readOnly) {
            loop.start(config.writeEvery());
        }
    }

    /** Ends for good; who is online here stays so for the grace, in which the clients find another replica. */
    public void stop() {
        if (!end() || readOnly) {
            return;
        }
        try {
            rows.renew(replica, config.grace());
        } catch (RuntimeException away) {
            LOG.debug("the last lease cannot be written", away);
        }
    }

    /** Ends for good and leaves everything as it is; whether it has ended. */
    public boolean end() {
        loop.stop();
        return loop.awaitEnd(LONGEST_STOP);
    }

    /** Where a start failed before anybody was told that it ends. */
    @PreDestroy
    void close() {
        end();
    }

    private void beat() {
        arrive();
        leave();
        reap();
    }

    private void renew() {
        long now = System.nanoTime();
        if (now - renewDue >= 0) {
            if (!rows.renew(replica, config.lease())) {
                counter.forgotten();
            }
            renewDue = now + config.renewEvery().toNanos();
        }
    }

    private void arrive() {
        List<UUID> arrived;
        do {
            // Many may come at once, and the lease must not run out over them.
            renew();
            arrived = counter.arrived(PresenceRows.BATCH);
            if (arrived.isEmpty()) {
                return;
            }
            PresenceRows.Outcome outcome = rows.arrive(replica, arrived);
            if (!outcome.alive()) {
                renewDue = System.nanoTime();
                return;
            }
            counter.written(arrived);
            announce(outcome.changes());
        } while (arrived.size() == PresenceRows.BATCH);
    }

    private void leave() {
        List<StreamCounter.Left> left;
        do {
            renew();
            left = counter.left(System.nanoTime(), PresenceRows.BATCH);
            if (left.isEmpty()) {
                return;
            }
            PresenceRows.Outcome outcome = rows.leave(replica, left);
            if (!outcome.alive()) {
                renewDue = System.nanoTime();
                return;
            }
            counter.removed(left);
            announce(outcome.changes());
        } while (left.size() == PresenceRows.BATCH);
    }

    private void reap() {
        long now = System.nanoTime();
        if (now - reapDue >= 0) {
            reapDue = now + config.renewEvery().toNanos();
            PresenceRows.Reaped reaped;
            do {
                renew();
                reaped = rows.reap();
                announce(reaped.changes());
            } while (reaped.more());
        }
    }

    private void announce(List<PresenceChanged> changes) {
        for (PresenceChanged change : changes) {
            try {
                changed.fire(change);
            } catch (Throwable bug) {
                failures.survived("observer", bug);
            }
        }
    }
}
