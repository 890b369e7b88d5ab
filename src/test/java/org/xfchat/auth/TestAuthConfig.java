package org.xfchat.auth;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings without a container. */
record TestAuthConfig(
        Optional<String> jwtSecret,
        Optional<String> jwtSecretPrevious,
        Duration tokenLifetime,
        int rememberedTokens,
        MemorySize hashMemory,
        Duration hashWait,
        int hashQueue,
        Duration refusalFloor)
        implements AuthConfig {
    static TestAuthConfig withSecrets(String secret, @Nullable String previous) {
        return of(Optional.of(secret), Optional.ofNullable(previous), 128L << 20, Duration.ofSeconds(30));
    }

    static TestAuthConfig withHashing(long bytes, Duration wait) {
        return of(Optional.empty(), Optional.empty(), bytes, wait);
    }

    private static TestAuthConfig of(
            Optional<String> secret, Optional<String> previous, long hashMemory, Duration hashWait) {
        return new TestAuthConfig(
                secret,
                previous,
                Duration.ofDays(30),
                100,
                new MemorySize(BigInteger.valueOf(hashMemory)),
                hashWait,
                500,
                Duration.ZERO);
    }
}
