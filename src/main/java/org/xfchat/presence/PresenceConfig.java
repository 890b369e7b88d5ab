package org.xfchat.presence;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.presence")
public interface PresenceConfig {
    /** How long a user stays online without a stream. */
    @WithDefault("20S")
    Duration grace();

    /** How long this replica counts as alive after it said so. */
    @WithDefault("15S")
    Duration lease();

    /** How often it says so. */
    @WithDefault("5S")
    Duration renewEvery();

    /** How often dead replicas are looked for. */
    @WithDefault("5S")
    Duration reapEvery();

    /** The shortest time between two writes of who came and went. */
    @WithDefault("0.5S")
    Duration writeEvery();
}
