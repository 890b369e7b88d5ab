package org.xfchat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.xfchat.background.Jobs;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUpFailure;
import org.xfchat.log.Lanes;
import org.xfchat.presence.Presence;
import org.xfchat.signal.Signals;
import org.xfchat.stream.Streams;

/**
 * The start sequence, where everything happens before the port opens and ends the process when it fails; and the end of the
 * service, where everything happens before the port closes.
 */
@Singleton
class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    private static final String MANAGEMENT_PORT = "quarkus.management.port";
    private static final Duration BIND = Duration.ofSeconds(10);

    private final Config config;
    private final StartUp startUp;
    private final Lanes lanes;
    private final Signals signals;
    private final Streams streams;
    private final Presence presence;
    private final Jobs jobs;
    private volatile boolean serving;
    private volatile boolean stopped;

    Lifecycle(
            Config config,
            StartUp startUp,
            Lanes lanes,
            Signals signals,
            Streams streams,
            Presence presence,
            Jobs jobs) {
        this.config = config;
        this.startUp = startUp;
        this.lanes = lanes;
        this.signals = signals;
        this.streams = streams;
        this.presence = presence;
        this.jobs = jobs;
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        Settings.problem(this::given).or(() -> SettingBounds.problem(config)).ifPresent(problem -> {
            throw new StartUpFailure(problem);
        });
        LOG.info("[STARTUP] configuration valid");
        if (config.getOptionalValue("DEV_AUTH_BYPASS", String.class).isPresent()) {
            LOG.warn("[STARTUP] DEV_AUTH_BYPASS is set and has no effect: there is no bypass, remove it");
        }
        if (config.getOptionalValue(Main.COMMAND, String.class).isEmpty()) {
            startUp.serve();
            lanes.start();
            signals.start();
            presence.start();
            jobs.start();
            serving = true;
            LOG.infof("[STARTUP] settings: %s", Settings.effective(this::given));
        }
    }

    private Optional<String> given(String name) {
        return config.getOptionalValue(name, String.class);
    }

    /** Quarkus fires this one asynchronously only, and writes back the port that it found where 0 was asked for. */
    void listening(@ObservesAsync HttpServerStart started, MeterRegistry meters) {
        LOG.infof("[STARTUP] listening on port %s", config.getValue("quarkus.http.port", String.class));
        config.getOptionalValue(ManagementPort.TAKEN, String.class)
                .ifPresent(port -> LOG.warnf(
                        "[STARTUP] port %s is in use: metrics and probes get a free port, or the one in MANAGEMENT_PORT",
                        port));
        LOG.infof("[STARTUP] metrics and probes on port %s", managementPort());
        LOG.info("[STARTUP] ready");
        long took = ManagementFactory.getRuntimeMXBean().getUptime();
        TimeGauge.builder("xfchat.start", () -> took, TimeUnit.MILLISECONDS).register(meters);
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            LOG.infof(
                    "next: follow docs/clients.md, or open http://localhost:%s/q/swagger-ui",
                    config.getValue("quarkus.http.port", String.class));
        }
    }

    /** Which is bound beside the other one; 0 says that it is not yet known which of the free ones it is. */
    private String managementPort() {
        long end = System.nanoTime() + BIND.toNanos();
        String port = config.getValue(MANAGEMENT_PORT, String.class);
        while (port.equals("0") && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
            port = config.getValue(MANAGEMENT_PORT, String.class);
        }
        return port;
    }

    /**
     * Readiness is off already; a moment for whoever routes requests to notice; then nothing new is taken to be written, what
     * was taken is written and answered, and the streams are cut, so that their clients go to another replica.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        if (!serving) {
            // A start that failed, or a command.
            return;
        }
        Duration delay = config.getValue("xfchat.shutdown-delay", Duration.class);
        LOG.infof("stopping: not ready from now on, last requests for %s", delay);
        // Unlike a sleep, this one survives an interrupt of whoever stops the process.
        long end = System.nanoTime() + delay.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        jobs.beginNoMore();
        lanes.stop();
        streams.stop();
        presence.stop();
        signals.stop();
        jobs.stop();
        stopped = true;
        LOG.info("stopped: everything that was taken is written, and every stream is cut");
    }

    /** A start that failed at its last step comes here only: what it has begun ends before the database's sessions are closed. */
    void end(@Observes ShutdownEvent event) {
        if (stopped) {
            return;
        }
        lanes.stop();
        presence.end();
        signals.stop();
        jobs.stop();
    }
}
