package org.xfchat.database;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database answers a query and can be written to.
 *
 * <p>The question has a connection of its own with a short timeout: a pool that is exhausted says nothing about the
 * server, and one that hangs must not make the probe hang.
 *
 * <p>What the answer's body says of the pool and of the last probe are meters as well.
 */
@Readiness
@Singleton
class ServerReadiness implements HealthCheck {
    /** Probes that come together, or that waited for one that hung, get one answer: they must not queue up. */
    private static final Duration SHARED = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(ServerReadiness.class);

    private final AgroalDataSource pool;
    private final String url;
    private final Properties properties;
    private final int poolSize;

    private final Timer pings;
    private final Counter failures;

    private @Nullable Connection connection;
    private volatile boolean wasUp = true;
    private @Nullable String lastTrouble;
    private @Nullable Long lastAsked;
    private long lastMicros;

    ServerReadiness(AgroalDataSource pool, Config settings, MeterRegistry meters) {
        this.pool = pool;
        this.url = settings.getValue("database-url.ping.jdbc", String.class);
        this.poolSize = settings.getValue("quarkus.datasource.jdbc.max-size", Integer.class);
        this.pings = meters.timer("xfchat.database.ping");
        this.failures = SqlFailure.connectionFailures(meters, "probe");
        this.properties = new Properties();
        settings.getOptionalValue("database-url.username", String.class)
                .ifPresent(user -> properties.setProperty("user", user));
        settings.getOptionalValue("database-url.password", String.class)
                .ifPresent(password -> properties.setProperty("password", password));
    }

    /** At the start, for who scrapes before anybody probes. */
    void expose(@Observes StartupEvent event, MeterRegistry meters) {
        gauge(meters, "xfchat.database.pool.active", AgroalDataSourceMetrics::activeCount);
        gauge(meters, "xfchat.database.pool.idle", AgroalDataSourceMetrics::availableCount);
        gauge(meters, "xfchat.database.pool.awaiting", AgroalDataSourceMetrics::awaitingCount);
        gauge(meters, "xfchat.database.pool.max", metrics -> poolSize);
        FunctionTimer.builder(
                        "xfchat.database.pool.acquire",
                        pool,
                        acquired -> acquired.getMetrics().acquireCount(),
                        acquired -> acquired.getMetrics().blockingTimeTotal().toNanos(),
                        TimeUnit.NANOSECONDS)
                .register(meters);
        Gauge.builder("xfchat.database.up", this, readiness -> readiness.wasUp ? 1 : 0)
                .register(meters);
    }

    private void gauge(MeterRegistry meters, String name, ToDoubleFunction<AgroalDataSourceMetrics> figure) {
        Gauge.builder(name, pool, measured -> figure.applyAsDouble(measured.getMetrics()))
                .register(meters);
    }

    @Override
    public synchronized HealthCheckResponse call() {
        AgroalDataSourceMetrics metrics = pool.getMetrics();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("database")
                .withData("pool_active", metrics.activeCount())
                .withData("pool_idle", metrics.availableCount())
                .withData("pool_awaiting", metrics.awaitingCount())
                .withData("pool_max", poolSize);
        long start = System.nanoTime();
        if (lastAsked == null || start - lastAsked > SHARED.toNanos()) {
            lastTrouble = trouble();
            lastAsked = System.nanoTime();
            pings.record(lastAsked - start, TimeUnit.NANOSECONDS);
            lastMicros = TimeUnit.NANOSECONDS.toMicros(lastAsked - start);
        }
        String trouble = lastTrouble;
        announce(trouble);
        if (trouble == null) {
            return response.withData("ping_micros", lastMicros).up().build();
        }
        return response.withData("reason", trouble).down().build();
    }

    private void announce(@Nullable String trouble) {
        boolean up = trouble == null;
        if (up != wasUp) {
            if (up) {
                LOG.info("database is back, ready");
            } else {
                LOG.errorf("database lost, not ready: %s", trouble);
            }
            wasUp = up;
        }
    }

    /** Null when all is well. A connection that broke since the last probe gets a second chance on a new one. */
    private @Nullable String trouble() {
        boolean kept = connection != null;
        try {
            return ping();
        } catch (SQLException broken) {
            close();
            if (!kept || SqlFailure.find(broken).orElse(broken).getCause() instanceof java.net.SocketTimeoutException) {
                failures.increment();
                return "no answer";
            }
        }
        try {
            return ping();
        } catch (SQLException gone) {
            close();
            failures.increment();
            return "no answer";
        }
    }

    private @Nullable String ping() throws SQLException {
        Connection asked = connection == null ? DriverManager.getConnection(url, properties) : connection;
        connection = asked;
        return new Sql(asked).holds("select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'")
                ? "read-only"
                : null;
    }

    @PreDestroy
    synchronized void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException broken) {
            LOG.debug("the probe's connection was broken already", broken);
        }
        connection = null;
    }
}
