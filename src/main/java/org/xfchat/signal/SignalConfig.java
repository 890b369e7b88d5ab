package org.xfchat.signal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether replicas can hear each other. */
@ConfigMapping(prefix = "xfchat.signal")
public interface SignalConfig {
    /** False where LISTEN is impossible, as behind a PgBouncer without a way past it: then only the poll looks. */
    @WithDefault("true")
    boolean listen();
}
