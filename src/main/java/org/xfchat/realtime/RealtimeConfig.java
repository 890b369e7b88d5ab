package org.xfchat.realtime;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.realtime")
public interface RealtimeConfig {
    /** How long events are gathered before the other replicas are told. */
    @WithDefault("0.075S")
    Duration coalesce();

    /** How many events may wait for that. */
    @WithDefault("10000")
    int outbox();

    /** How many events may wait for one subscriber's socket. */
    @WithDefault("200")
    int backlog();
}
