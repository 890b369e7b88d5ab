package org.xfchat.auth;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Secrets, tokens and passwords. */
@ConfigMapping(prefix = "xfchat.auth")
public interface AuthConfig {
    /** Signs and verifies; at least {@link Tokens#MIN_SECRET_BYTES} bytes. */
    Optional<String> jwtSecret();

    /** Only verifies: rotation, and the old server's short secrets. */
    Optional<String> jwtSecretPrevious();

    /** How long a token is valid; as long as the old server's, so that clients stay logged in. */
    @WithDefault("30d")
    Duration tokenLifetime();

    /**
     * Memory of the Argon2id computations that run at a time: with the default six, if there are as many processors.
     */
    @WithDefault("128M")
    MemorySize hashMemory();

    /**
     * No refused log-in is answered earlier, whatever was wrong; above the time of the slowest hash, bcrypt 12. Not to
     * be turned in production: it may go without notice.
     */
    @WithDefault("600ms")
    Duration refusalFloor();
}
