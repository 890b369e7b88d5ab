package org.xfchat.signal;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.xfchat.testing.TestServer;

/** Tests with signals of several processes on a database of their own. */
abstract class WithReplicas {
    final String url = TestServer.newDatabase();
    private final List<Replica> replicas = new ArrayList<>();

    @AfterEach
    void stop() {
        replicas.forEach(Replica::close);
    }

    final Replica replica(boolean listens, Signals.Rhythm rhythm) {
        Replica replica = new Replica(url, listens, rhythm);
        replicas.add(replica);
        return replica;
    }

    static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    static void start(Replica replica) {
        replica.signals().start();
        patiently().until(replica.signals()::isListening);
    }

    final void execute(String sql, String... arguments) {
        try (Connection connection = TestServer.connect(url);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            statement.execute();
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    final void terminateListener() {
        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and application_name = 'xfchat-listener'");
    }
}
