package org.xfchat.memory;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What may be held for clients. */
@ConfigMapping(prefix = "xfchat.memory")
public interface MemoryConfig {
    /**
     * Bytes, and as many again for small things; a quarter of the heap where absent, so that half of it stays for the
     * rest.
     */
    Optional<MemorySize> total();
}
