package org.xfchat.answer;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

@ConfigMapping(prefix = "xfchat.answer")
public interface AnswerConfig {
    /**
     * What all answers may take that are being made or not yet taken by their clients, and as much again for small ones; a
     * quarter of the heap where absent.
     */
    Optional<MemorySize> memory();

    /** How long a large answer waits for memory before it is refused; well below the request's deadline. */
    @WithDefault("2S")
    Duration patience();

    /** How long a client may take nothing of an answer before its connection, or its HTTP/2 stream, is cut. */
    @WithDefault("30S")
    Duration stallTimeout();
}
