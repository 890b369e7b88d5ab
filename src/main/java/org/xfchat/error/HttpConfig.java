package org.xfchat.error;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long a client may be kept waiting, and may keep others waiting. */
@ConfigMapping(prefix = "xfchat.http")
public interface HttpConfig {
    /**
     * From a request's first line to its answer, unless that is a stream. Ten seconds is what the contract promises
     * (0), and what waits for something meanwhile gives up before: a message that is to be written after nine, a
     * password that is to be hashed after seven.
     */
    @WithDefault("10s")
    Duration deadline();

    /**
     * How long a client may take nothing of what waits for it, answer or stream, before its connection, or its HTTP/2
     * stream, is cut. A telephone without a network for a moment is back by then.
     */
    @WithDefault("30s")
    Duration stallTimeout();
}
