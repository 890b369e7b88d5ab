package org.xfchat.usage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;

/** What is counted of users. */
@ConfigMapping(prefix = "xfchat.usage")
public interface UsageConfig {
    /** Messages per user and calendar month after which {@code limit_exceeded} is true; absent for no limit. */
    OptionalLong monthlyMessageLimit();

    /**
     * How often what was written is added up; what is not yet is counted when somebody asks, which costs more the more
     * it is. Not to be turned in production: it may go without notice.
     */
    @WithDefault("60s")
    Duration rollUpEvery();
}
