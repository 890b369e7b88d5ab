package org.xfchat.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestServer;

/** Whether anybody hears what a replica says. */
class PeersTest {
    private static final Signals.Rhythm QUICK =
            new Signals.Rhythm(Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(1));

    private final String url = TestServer.newDatabase();
    private final List<Replica> replicas = new ArrayList<>();

    @AfterEach
    void stop() {
        replicas.forEach(Replica::close);
    }

    private Replica replica() {
        Replica replica = new Replica(url, true, QUICK);
        replicas.add(replica);
        return replica;
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private static void start(Replica replica) {
        replica.signals().start();
        patiently().until(replica.signals()::isListening);
    }

    private void terminateListener() throws SQLException {
        try (Connection connection = TestServer.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and application_name = 'xfchat-listener'");
        }
    }

    @Test
    void mayBeHeardAsLongAsThereIsAnother() throws SQLException {
        Replica one = replica();
        assertThat(one.signals().mayBeHeard()).as("before anybody knows").isTrue();
        start(one);
        patiently().until(() -> !one.signals().mayBeHeard());
        Replica other = replica();
        start(other);
        patiently().until(one.signals()::mayBeHeard);
        assertThat(other.signals().mayBeHeard()).isTrue();
        other.close();
        patiently().until(() -> !one.signals().mayBeHeard());
        terminateListener();
        patiently()
                .untilAsserted(() -> assertThat(one.signals().mayBeHeard())
                        .as("while it hears nothing")
                        .isTrue());
        patiently().until(() -> !one.signals().mayBeHeard());
    }
}
