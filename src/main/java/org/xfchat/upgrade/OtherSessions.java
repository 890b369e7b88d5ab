package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.xfchat.database.Migrations;
import org.xfchat.database.StartUpFailure;

/** Who else uses the database: whoever moves its tables must be alone. */
final class OtherSessions {
    private static final int NAMED = 5;

    private OtherSessions() {}

    /**
     * Refuses to go on beside anybody but processes that wait for their turn to do the same.
     *
     * @throws StartUpFailure that names some of them
     */
    static void refuse(Connection connection, String command) throws SQLException {
        // Of another user's session PostgreSQL shows an ordinary user no more than this.
        List<List<String>> sessions = Sql.rows(connection, """
                select pid, coalesce(nullif(application_name, ''), 'without a name'), usename
                from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
                  and coalesce(backend_type, 'client backend') = 'client backend'
                  and pid not in (select pid from pg_locks
                                  where locktype = 'advisory' and (classid::bigint << 32) + objid::bigint = ?)
                order by pid
                """, Migrations.LOCK);
        if (!sessions.isEmpty()) {
            throw new StartUpFailure("the database is in use by " + sessions.size() + " other session(s): "
                    + sessions.stream()
                            .limit(NAMED)
                            .map(row -> "%s (user %s, pid %s)".formatted(row.get(1), row.get(2), row.get(0)))
                            .collect(Collectors.joining(", "))
                    + "; stop whatever it is, the server first, or say " + command + " --force");
        }
    }
}
