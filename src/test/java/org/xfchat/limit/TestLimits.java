package org.xfchat.limit;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Limits as they are by default, but for what a test says. */
final class TestLimits {
    private TestLimits() {}

    /** @param changed by the names of settings, without the prefix */
    static LimitConfig with(Map<String, String> changed) {
        Map<String, String> named = new HashMap<>(Map.of("xfchat.limit.enabled", "true"));
        changed.forEach((name, value) -> named.put("xfchat.limit." + name, value));
        return new SmallRyeConfigBuilder()
                .withConverter(java.time.Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
                .withMapping(LimitConfig.class)
                .withSources(new PropertiesConfigSource(named, "changed", 1000))
                .build()
                .getConfigMapping(LimitConfig.class);
    }
}
