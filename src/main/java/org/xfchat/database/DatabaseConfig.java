package org.xfchat.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the database is used; what is not said otherwise is a variable's, with its default. */
@ConfigMapping(prefix = "xfchat.database")
public interface DatabaseConfig {
    /** Apply pending migrations at start; otherwise start only if there are none. */
    boolean migrateAtStart();

    /** Connections of this replica, reserved ones included. */
    int poolSize();

    /** How long one statement may run. */
    Duration statementTimeout();

    /** Maintenance: every command is refused, reading goes on. */
    boolean readOnly();

    /** Whether {@code DATABASE_URL} goes through PgBouncer, which is so when {@code DATABASE_DIRECT_URL} is set. */
    boolean pooledUrl();

    /**
     * Whether the server may be one that can lose acknowledged writes (fsync off and the like): dev and test only. Not
     * to be turned in production: it may go without notice.
     */
    @WithDefault("false")
    boolean allowUnsafeServer();
}
