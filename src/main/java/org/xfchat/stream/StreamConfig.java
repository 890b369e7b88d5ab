package org.xfchat.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.stream")
public interface StreamConfig {
    /** How long a socket may take nothing of what waits for it before its stream is cut. */
    @WithDefault("30S")
    Duration stallTimeout();

    /** How long a stream outlives its token, as every verifier of tokens allows. */
    @WithDefault("60S")
    Duration expiryLeeway();

    /** How often it is asked whether the accounts of open streams still live; membership of conversations likewise. */
    @WithDefault("4S")
    Duration recheckEvery();

    /** Over which time the streams are cut when the service stops, so that their clients do not come back all at once. */
    @WithDefault("2S")
    Duration shutdownJitter();
}
