package org.xfchat.log;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.log")
public interface LogConfig {
    /** Threads that append, each with a connection beside the pool; as many as {@code DATABASE_POOL_SIZE} reserves. */
    @WithDefault("2")
    int lanes();

    /** How many requests may be without an answer in a lane, waiting or being written; more are refused as {@code BUSY}. */
    @WithDefault("10000")
    int maxWaiting();

    /** How much text, as UTF-8, they may have; more is refused as {@code BUSY}. */
    @WithDefault("64M")
    MemorySize maxWaitingBytes();

    /** How many requests are written in one transaction. */
    @WithDefault("256")
    int maxBatch();

    /** How much text, as UTF-8, is written in one transaction, unless the first request alone has more. */
    @WithDefault("8M")
    MemorySize maxBatchBytes();

    /** How long a request waits before it is given up and never written; shorter than what the client is given. */
    @WithDefault("9S")
    Duration expiry();

    /** How long a transaction waits for somebody else's lock. */
    @WithDefault("250MS")
    Duration lockTimeout();

    /** How long what waits is still written at shutdown. */
    @WithDefault("10S")
    Duration drain();
}
