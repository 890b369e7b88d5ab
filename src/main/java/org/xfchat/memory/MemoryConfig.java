package org.xfchat.memory;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

@ConfigMapping(prefix = "xfchat.memory")
public interface MemoryConfig {
    /** What may be held for clients, and as much again for small things; a quarter of the heap where absent. */
    Optional<MemorySize> total();

    /** How long a request waits for memory before it is refused; well below its deadline. */
    @WithDefault("2S")
    Duration patience();
}
