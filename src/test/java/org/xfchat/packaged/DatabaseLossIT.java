package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** The database goes away under traffic, in each of the ways in which it does, and comes back. */
class DatabaseLossIT {
    private static final int WRITERS = 4;

    /** The ten seconds that a request has, and one for a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(25);

    private static final Duration BACK = Duration.ofSeconds(20);

    private OwnServer server;
    private String database;
    private Service service;
    private Client client;
    private Client.Account account;
    private Traffic traffic;

    @BeforeEach
    void start() {
        server = OwnServer.start();
        database = server.migratedDatabase();
        service = Service.serve(Service.settings(server.url(database), "XFCHAT_USAGE_ROLL_UP_EVERY", "1s"))
                .awaitReady();
        client = new Client(service);
        account = client.signUp();
        traffic = new Traffic(client, account, Client.conversationOf(server, database, account), WRITERS);
        traffic.awaitAcknowledgement(ANSWER);
    }

    @AfterEach
    void end() {
        traffic.close();
        service.close();
        server.close();
    }

    private void awaitLost() {
        traffic.awaitAnswer(ANSWER.plusSeconds(5), 503);
        await("readiness is down")
                .atMost(ANSWER)
                .until(() -> client.get("/q/health/ready").statusCode() == 503);
        assertThat(client.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(client.get("/health").statusCode()).isEqualTo(503);
    }

    private void awaitBack() {
        await("readiness is up")
                .atMost(BACK)
                .until(() -> client.get("/q/health/ready").statusCode() == 200);
        traffic.awaitAcknowledgement(BACK);
        traffic.stopAndCheckAnswers(ANSWER);
        traffic.checkStored(server, database);
        assertThat(service.isAlive()).isTrue();
    }

    @Test
    void stoppedAndStartedAgain() {
        server.stop();
        awaitLost();
        await("the roll-up of usage has failed")
                .atMost(ANSWER)
                .until(() -> service.says("usage failed and is tried again"));
        server.startAgain();
        awaitBack();
        assertThat(service.lines())
                .as("one line for each event, and no trace for what an operator knows")
                .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"));
    }

    @Test
    void frozenAndThawed() {
        server.freeze();
        try {
            awaitLost();
        } finally {
            server.thaw();
        }
        awaitBack();
    }

    @Test
    void readOnlyAfterAFailover() {
        server.execute(
                "postgres",
                "alter system set default_transaction_read_only = on",
                "select pg_reload_conf()",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
        awaitLost();
        server.execute(
                "postgres",
                "set default_transaction_read_only = off",
                "alter system reset default_transaction_read_only",
                "select pg_reload_conf()");
        awaitBack();
    }

    /** Whether or not the client goes on to send something that nobody would read: it is not the client who is late. */
    @Test
    void readsThatTheDatabaseKeepsWaitingAreUnavailable() throws SQLException {
        List<RawConnection> readers = new ArrayList<>();
        try (Connection holder = server.connect(database);
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("lock table contacts in access exclusive mode");
            for (String framing : List.of("", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n")) {
                RawConnection reader = new RawConnection(service);
                readers.add(reader);
                reader.send("GET /api/contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + account.token() + "\r\n" + framing + "\r\n");
            }
            for (RawConnection reader : readers) {
                reader.awaitStatus(ANSWER);
                assertThat(reader.statuses()).as(reader.text()).containsExactly(503);
            }
            holder.rollback();
        } finally {
            readers.forEach(RawConnection::close);
        }
    }

    @Test
    void everyConnectionTerminated() {
        server.execute(
                "postgres",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
        awaitBack();
    }
}
