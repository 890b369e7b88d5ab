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
        MemorySize hashMemory,
        Duration refusalFloor)
        implements AuthConfig {
    static TestAuthConfig withSecrets(String secret, @Nullable String previous) {
        return of(Optional.of(secret), Optional.ofNullable(previous), 128L << 20);
    }

    static TestAuthConfig withHashMemory(long bytes) {
        return of(Optional.empty(), Optional.empty(), bytes);
    }

    private static TestAuthConfig of(Optional<String> secret, Optional<String> previous, long hashMemory) {
        return new TestAuthConfig(
                secret, previous, Duration.ofDays(30), new MemorySize(BigInteger.valueOf(hashMemory)), Duration.ZERO);
    }
}
