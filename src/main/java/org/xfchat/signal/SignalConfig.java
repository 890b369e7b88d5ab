package org.xfchat.signal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.signal")
public interface SignalConfig {
    /** False where LISTEN is impossible, as behind a PgBouncer without a direct URL: then only the poll looks. */
    @WithDefault("true")
    boolean listen();

    /** How often the listener proves that it hears. */
    @WithDefault("10S")
    Duration pingEvery();

    /** How long a ping, like every answer of the server to the listener, may take. */
    @WithDefault("5S")
    Duration pingTimeout();

    /** How often what signals would have said is looked up. */
    @WithDefault("1S")
    Duration pollEvery();
}
