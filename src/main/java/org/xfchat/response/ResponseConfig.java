package org.xfchat.response;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.answer")
public interface ResponseConfig {
    /** How long a client may take nothing of an answer before its connection, or its HTTP/2 stream, is cut. */
    @WithDefault("30S")
    Duration stallTimeout();
}
