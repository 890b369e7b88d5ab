package org.xfchat.usage;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.OptionalLong;

@ConfigMapping(prefix = "xfchat.usage")
public interface UsageConfig {
    /** How often what was written is added up. */
    Duration rollUpEvery();

    /** Messages per user and calendar month after which {@code limit_exceeded} is true; absent for no limit. */
    OptionalLong monthlyMessageLimit();
}
