package org.xfchat.upgrade;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.xfchat.database.Sql;
import org.xfchat.database.SqlFailure;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUp.Opened;
import org.xfchat.database.StartUpFailure;

/**
 * How a command works on a whole database: one connection, which keeps every other process that does such things waiting, and
 * one transaction.
 */
@Singleton
public class ExclusiveSession {
    private static final int NAMED = 5;

    private final StartUp startUp;

    ExclusiveSession(StartUp startUp) {
        this.startUp = startUp;
    }

    /** What a command does with the database that it was given. */
    public interface Work<D, T> {
        T on(D database) throws SQLException;
    }

    /**
     * Opens the database, works on it, closes it.
     *
     * @throws StartUpFailure with one line, when it cannot be opened or a statement fails
     */
    public <T> T with(Work<Opened, T> work) {
        try (Opened database = startUp.open()) {
            // The server would go on with a long statement, holding every lock, for a process that was killed. Where it
            // cannot look after its clients, it says so.
            new Sql(database.connection()).run("""
                    do $$ begin
                        perform set_config('client_connection_check_interval', '1s', false);
                    exception when others then null; end $$
                    """, "set temp_buffers = '64MB'");
            return work.on(database);
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    /**
     * Works in one transaction, which is rolled back after a failure, and unless the result is to be kept.
     *
     * @throws StartUpFailure when the connection is lost at the commit: only then nobody knows whether it was kept
     */
    public static <T> T transaction(Connection connection, boolean keep, Work<Connection, T> work) throws SQLException {
        connection.setAutoCommit(false);
        T result;
        try {
            result = work.on(connection);
        } catch (SQLException | RuntimeException failed) {
            try {
                connection.rollback();
            } catch (SQLException lost) {
                // The server rolls back by itself; what failed first is what the operator has to know.
                failed.addSuppressed(lost);
            }
            throw failed;
        }
        if (keep) {
            commit(connection);
        } else {
            connection.rollback();
        }
        connection.setAutoCommit(true);
        return result;
    }

    private static void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException failed) {
            if (!SqlFailure.isLost(failed)) {
                throw failed;
            }
            throw new StartUpFailure(
                    "the connection was lost at the very end: all of it was kept, or nothing; run the command again to see which",
                    failed);
        }
    }

    /**
     * Refuses to go on beside anybody but processes that wait for their turn to do the same.
     *
     * @param command what is to be said again with {@code --force}
     * @throws StartUpFailure that names some of them
     */
    public static void refuseOthers(Connection connection, String command) throws SQLException {
        Sql sql = new Sql(connection);
        List<List<String>> sessions = others(sql);
        if (!sessions.isEmpty()) {
            // Some only said goodbye, or had no time yet to say who they are.
            sql.ask("select pg_sleep(0.5)");
            sessions = others(sql);
        }
        if (!sessions.isEmpty()) {
            throw new StartUpFailure("the database is in use by " + sessions.size() + " other session(s): "
                    + sessions.stream()
                            .limit(NAMED)
                            .map(row -> "%s (user %s, pid %s)".formatted(row.get(1), row.get(2), row.get(0)))
                            .collect(Collectors.joining(", "))
                    + "; end these sessions, the old server first, or run " + command + " --force");
        }
    }

    /** Process, application and user; of another user's session PostgreSQL shows an ordinary user no more than this. */
    private static List<List<String>> others(Sql sql) throws SQLException {
        return sql.rows("""
                select pid, coalesce(nullif(application_name, ''), 'without a name'), usename
                from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
                  and coalesce(backend_type, 'client backend') = 'client backend'
                  and application_name <> ?
                order by pid
                """, StartUp.APPLICATION);
    }

    private static StartUpFailure failure(SQLException failed) {
        String line = String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
        return new StartUpFailure(
                "nothing was changed: "
                        + (SqlFailure.isLockTimeout(failed)
                                ? "another session holds a table for too long, end whatever else uses the database: "
                                : "")
                        + line + " (" + failed.getSQLState() + ")",
                failed);
    }
}
