package org.xfchat.limit;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Limits as they are by default, but for what a test says. */
final class TestLimits {
    private TestLimits() {}

    /** @param changed by the names of settings, without the prefix */
    static LimitConfig with(Map<String, String> changed) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(java.time.Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
                .withMapping(LimitConfig.class);
        Map<String, String> named = new HashMap<>();
        changed.forEach((name, value) -> named.put("xfchat.limit." + name, value));
        builder.withSources(new PropertiesConfigSource(named, "changed", 1000));
        try {
            return builder.withSources(new PropertiesConfigSource(
                            Path.of("src", "main", "resources", "application.properties")
                                    .toUri()
                                    .toURL(),
                            100))
                    .build()
                    .getConfigMapping(LimitConfig.class);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
