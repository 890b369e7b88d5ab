package org.xfchat.cursor;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "xfchat.cursor")
public interface CursorConfig {
    /** What one conversation's newest entries may take in memory. */
    @WithDefault("1M")
    MemorySize tail();

    /** What they may take together. */
    @WithDefault("64M")
    MemorySize tails();

    /** What is written to a socket at once, at least one entry. */
    @WithDefault("64K")
    MemorySize run();

    /** What a cursor that is behind reads at once: text, at least one entry. */
    @WithDefault("128K")
    MemorySize page();

    /** The same in entries. */
    @WithDefault("200")
    int pageEntries();

    /** How many read at the same time: fewer than the pool's connections, so that sending and asking go on meanwhile. */
    @WithDefault("4")
    int readers();

    /** How many read what is new on other replicas, at the same time, whatever those do. */
    @WithDefault("2")
    int liveReaders();
}
