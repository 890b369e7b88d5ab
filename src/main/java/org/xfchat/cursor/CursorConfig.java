package org.xfchat.cursor;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What following conversations may take. */
@ConfigMapping(prefix = "xfchat.cursor")
public interface CursorConfig {
    /**
     * Memory of the newest entries of all conversations that are followed here. With the default a replica in 512 MiB
     * serves sixty busy conversations, or some thousands of quiet ones, without the database.
     */
    @WithDefault("64M")
    MemorySize tails();
}
