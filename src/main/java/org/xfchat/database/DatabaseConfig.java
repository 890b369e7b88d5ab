package org.xfchat.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "xfchat.database")
public interface DatabaseConfig {
    /** Apply pending migrations at start; otherwise start only if there are none. */
    @WithDefault("true")
    boolean migrateAtStart();

    /** Connections of this replica, reserved ones included. */
    @WithDefault("25")
    int poolSize();

    /** How long a request waits for a connection. */
    @WithDefault("5S")
    Duration acquireTimeout();

    /** How long one statement may run. */
    @WithDefault("30S")
    Duration statementTimeout();

    /** How long a command waits for another's row lock before it is tried again. */
    @WithDefault("2S")
    Duration lockTimeout();

    /** Maintenance: every command is refused, reading goes on. */
    @WithDefault("false")
    boolean readOnly();

    /** Whether the server may be one that can lose acknowledged writes (fsync off and the like): dev and test only. */
    @WithDefault("false")
    boolean allowUnsafeServer();

    /** Whether {@code DATABASE_URL} goes through PgBouncer, which is so when {@code DATABASE_DIRECT_URL} is set. */
    boolean pooledUrl();
}
