package org.xfchat;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUpFailure;
import org.xfchat.signal.Signals;

/** The start sequence: everything here happens before the port opens, and ends the process when it fails. */
@Singleton
class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);

    private final Config config;
    private final StartUp startUp;
    private final Signals signals;

    Lifecycle(Config config, StartUp startUp, Signals signals) {
        this.config = config;
        this.startUp = startUp;
        this.signals = signals;
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        Settings.problem(config).ifPresent(problem -> {
            throw new StartUpFailure(problem);
        });
        LOG.info("[STARTUP] configuration valid");
        if (config.getOptionalValue("DEV_AUTH_BYPASS", String.class).isPresent()) {
            LOG.warn("[STARTUP] DEV_AUTH_BYPASS is set and has no effect: there is no bypass, remove it");
        }
        if (config.getOptionalValue(Main.COMMAND, String.class).isEmpty()) {
            startUp.serve();
            signals.start();
            LOG.infof("[STARTUP] settings: %s", Settings.effective(config));
        }
    }

    void stop(@Observes ShutdownEvent event) {
        signals.stop();
    }

    /** Quarkus fires this one asynchronously only, and writes back the port that it found where 0 was asked for. */
    void listening(@ObservesAsync HttpServerStart started) {
        LOG.infof("[STARTUP] listening on port %s", config.getValue("quarkus.http.port", String.class));
        LOG.info("[STARTUP] ready");
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            LOG.infof(
                    "next: follow \"Try it\" in README.md, or open http://localhost:%s/q/swagger-ui",
                    config.getValue("quarkus.http.port", String.class));
        }
    }
}
