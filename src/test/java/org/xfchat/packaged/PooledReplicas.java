package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.PgBouncer;
import org.xfchat.testing.Service;

/**
 * Replicas behind a real PgBouncer in transaction mode, which has fewer server connections than any two of them have lanes: two
 * that listen past it, and one that has no way past it and only polls, all on the same database.
 */
final class PooledReplicas implements AutoCloseable {
    private static final int SERVER_CONNECTIONS = 3;

    /** But for what PgBouncer restores for each client, and what was only set to what it is anyway, as Flyway does. */
    private static final String LEFT_BEHIND = """
            select 'setting ' || name || '=' || setting from pg_settings where source = 'session' and setting <> reset_val
                and name not in ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'extra_float_digits')
            union all select 'prepared statement ' || name from pg_prepared_statements
            union all select 'advisory lock ' || objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
            union all select 'temporary schema' where pg_my_temp_schema() <> 0
            """;

    private final OwnServer server = OwnServer.start();
    private final String database = server.migratedDatabase();
    private final PgBouncer pooler;
    private final Replicas replicas;

    private PooledReplicas() {
        RolesScript.run(server, database, "statement_timeout=17s").checked();
        RolesScript.admit(server);
        pooler = PgBouncer.start(server, SERVER_CONNECTIONS, RolesScript.APP, RolesScript.PASSWORD);
        replicas = new Replicas(
                server,
                database,
                Map.of("DATABASE_URL", url(), "DATABASE_DIRECT_URL", RolesScript.app(server, database)));
    }

    /** Starts them, and waits until they are ready. */
    static PooledReplicas start() {
        PooledReplicas pooled = new PooledReplicas();
        try {
            pooled.launch();
            return pooled;
        } catch (AssertionError | RuntimeException failed) {
            pooled.close();
            throw failed;
        }
    }

    private void launch() {
        // The first one makes the schema, past PgBouncer and as its owner.
        replicas.launch(Map.of("DATABASE_DIRECT_URL", RolesScript.owner(server, database)))
                .awaitReady();
        replicas.launch(Map.of());
        replicas.launch(
                Map.of("DATABASE_DIRECT_URL", url(), "MIGRATE_AT_START", "false", "XFCHAT_SIGNAL_LISTEN", "false"));
        replicas.all().forEach(Service::awaitReady);
    }

    /** Of the database, through PgBouncer. */
    String url() {
        return pooler.url(server, RolesScript.app(server, database));
    }

    PgBouncer pooler() {
        return pooler;
    }

    Replicas replicas() {
        return replicas;
    }

    List<Service> listening() {
        return replicas.all().subList(0, 2);
    }

    Service polling() {
        return replicas.get(2);
    }

    /** Looks at every server connection at the same time: nobody's settings, locks and statements are in anybody else's. */
    void checkNothingIsLeftBehind() throws SQLException {
        List<Connection> clients = new ArrayList<>();
        Set<String> sessions = new HashSet<>();
        try {
            while (clients.size() < SERVER_CONNECTIONS) {
                Connection client = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + pooler.port() + "/" + database + "?prepareThreshold=0",
                        RolesScript.APP,
                        RolesScript.PASSWORD);
                clients.add(client);
                client.setAutoCommit(false);
                sessions.addAll(ask(client, "select pg_backend_pid()::text"));
                assertThat(ask(client, LEFT_BEHIND)).isEmpty();
                assertThat(ask(client, "show statement_timeout")).containsExactly("17s");
                assertThat(ask(client, "show enable_seqscan")).containsExactly("on");
                assertThat(ask(client, "show lock_timeout")).containsExactly("0");
                assertThat(ask(client, "show transaction_isolation")).containsExactly("read committed");
            }
            assertThat(sessions).hasSize(SERVER_CONNECTIONS);
            assertThat(server.ask(
                            database,
                            "select count(*) from pg_stat_activity where usename = '" + RolesScript.APP
                                    + "' and application_name <> 'xfchat-listener'"))
                    .containsExactly(String.valueOf(SERVER_CONNECTIONS));
        } finally {
            for (Connection client : clients) {
                // Else PgBouncer would close what it has to the server as well.
                client.rollback();
                client.close();
            }
        }
    }

    private static List<String> ask(Connection client, String query) throws SQLException {
        try (Statement statement = client.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> answers = new ArrayList<>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        }
    }

    @Override
    public void close() {
        replicas.close();
        pooler.close();
    }
}
