package org.xfchat.presence;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How fast it is noticed who comes and goes. */
@ConfigMapping(prefix = "xfchat.presence")
public interface PresenceConfig {
    /**
     * How long a user stays online without a stream: longer than a client takes to come back after a cut or a rollout.
     * Not to be turned in production: it may go without notice.
     */
    @WithDefault("20s")
    Duration grace();

    /**
     * How long this replica counts as alive after it said so: two times that it says so may fail. Not to be turned in
     * production: it may go without notice.
     */
    @WithDefault("15s")
    Duration lease();

    /**
     * How often this replica says that it is alive, and looks for those that are not: one row each time. Not to be
     * turned in production: it may go without notice.
     */
    @WithDefault("5s")
    Duration renewEvery();

    /**
     * The shortest time between two writes of who came and went, so that a storm of reconnects is a few statements. Not
     * to be turned in production: it may go without notice.
     */
    @WithDefault("0.5s")
    Duration writeEvery();
}
