package org.xfchat.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server and a connection's place on it.
 *
 * @param schema the first existing schema of the search path, null when there is none
 * @param connectionLimit what is left of {@code max_connections} for ordinary users
 */
public record Server(
        String version,
        int versionNumber,
        @Nullable String schema,
        boolean readOnly,
        boolean mayCreate,
        String encoding,
        boolean fsync,
        boolean fullPageWrites,
        boolean synchronousCommit,
        int connectionLimit) {
    private static final int OLDEST = 150_000;

    static Server inspect(Connection connection) throws SQLException {
        return new Sql(connection)
                .list(
                        """
                        select current_setting('server_version'), current_setting('server_version_num')::int,
                               current_schema(),
                               pg_is_in_recovery() or current_setting('transaction_read_only') = 'on',
                               coalesce(has_schema_privilege(current_schema(), 'create'), false),
                               current_setting('server_encoding'),
                               current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',
                               current_setting('synchronous_commit') <> 'off',
                               current_setting('max_connections')::int
                                   - current_setting('superuser_reserved_connections')::int
                        """,
                        row -> new Server(
                                row.getString(1),
                                row.getInt(2),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getBoolean(5),
                                row.getString(6),
                                row.getBoolean(7),
                                row.getBoolean(8),
                                row.getBoolean(9),
                                row.getInt(10)))
                .get(0);
    }

    /** @param allowUnsafe whether settings that can lose acknowledged writes are acceptable */
    void check(boolean allowUnsafe) {
        if (versionNumber < OLDEST) {
            throw new StartUpFailure(
                    "PostgreSQL " + version + " is out of support: upgrade PostgreSQL to 15 or newer first");
        }
        if (readOnly) {
            throw new StartUpFailure("the PostgreSQL server is read-only (a standby, or default_transaction_read_only):"
                    + " point DATABASE_URL at the primary");
        }
        if (schema == null) {
            throw new StartUpFailure("no schema of the search_path exists or may be used: grant usage on one");
        }
        if (!encoding.equals("UTF8")) {
            throw new StartUpFailure("the database's encoding is " + encoding + ": create it with encoding UTF8");
        }
        if (!allowUnsafe) {
            refuseUnsafe(fsync, "fsync");
            refuseUnsafe(fullPageWrites, "full_page_writes");
            refuseUnsafe(synchronousCommit, "synchronous_commit");
        }
    }

    private static void refuseUnsafe(boolean safe, String setting) {
        if (!safe) {
            throw new StartUpFailure(
                    "the PostgreSQL server has " + setting + " off and can lose acknowledged messages: turn it on");
        }
    }

    /** A warning when the server has fewer connections than this replica alone may use. */
    Optional<String> connectionsShort(int poolSize) {
        return poolSize <= connectionLimit
                ? Optional.empty()
                : Optional.of(
                        "[STARTUP] DATABASE_POOL_SIZE is " + poolSize + " but the server has only " + connectionLimit
                                + " connections: lower it or raise max_connections (replicas x DATABASE_POOL_SIZE must fit)");
    }
}
