package org.xfchat.auth;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;

@ConfigMapping(prefix = "xfchat.auth")
public interface AuthConfig {
    /** Signs and verifies; at least {@link Tokens#MIN_SECRET_BYTES} bytes. */
    Optional<String> jwtSecret();

    /** Only verifies: rotation, and the old server's short secrets. */
    Optional<String> jwtSecretPrevious();

    /** How long a token is valid. */
    @WithDefault("30D")
    Duration tokenLifetime();

    /** How many valid tokens are remembered, so that they need not be verified at each request; some 250 bytes each. */
    @WithDefault("10000")
    @Min(0)
    int rememberedTokens();

    /** Memory that concurrent Argon2id computations may take together. */
    @WithDefault("128M")
    MemorySize hashMemory();

    /**
     * How long a request waits for its turn to hash before it is answered 503. What is left of the request's deadline is for
     * the hash itself, which on a machine that does something else as well takes a second, and for storing it.
     */
    @WithDefault("7S")
    Duration hashWait();

    /** Requests that wait for their turn to hash at the same time; more are answered 503 at once. */
    @WithDefault("500")
    @Min(1)
    int hashQueue();

    /** No refused log-in is answered earlier, whatever was wrong; above the time of the slowest hash, bcrypt 12. */
    @WithDefault("600MS")
    Duration refusalFloor();
}
