package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** The start ends, in time and with its reason, where there is no PostgreSQL or it does not let the service in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreachableDatabaseIT {
    private OwnServer server;

    @BeforeAll
    void start() {
        server = OwnServer.start();
        server.execute("postgres", "create role outsider login password 'right'");
        server.execute("postgres", "create role tls_only login password 'right'");
        server.admit(
                "host all postgres all trust",
                "host all outsider all scram-sha-256",
                "hostssl all tls_only all scram-sha-256");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static Refusal refusal(String url) {
        return Refusal.of(Service.settings(url));
    }

    private static Refusal refusalOfProcess(String url) {
        return Refusal.ofProcess(Service.settings(url));
    }

    private static String url(int port) {
        return "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1:" + port + "/xfchat";
    }

    @Test
    void hostUnknown() {
        assertThat(refusal("postgresql://someone:" + Refusal.SECRET + "@no-such-host.invalid/xfchat")
                        .line())
                .startsWith("cannot use PostgreSQL at no-such-host.invalid:5432/xfchat: the host is unknown");
    }

    @Test
    void connectionRefused() throws IOException {
        int free;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = unused.getLocalPort();
        }
        assertThat(refusalOfProcess(url(free)).line())
                .startsWith("cannot use PostgreSQL at 127.0.0.1:" + free + "/xfchat: the connection is refused");
    }

    @Test
    void accepsButNeverAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(refusalOfProcess(url(silent.getLocalPort())).line())
                    .startsWith("cannot use PostgreSQL at 127.0.0.1:" + silent.getLocalPort()
                            + "/xfchat: it does not answer");
        }
    }

    @Test
    void answersAfterLoggingInButNeverAQuery() throws IOException {
        try (HalfDeadServer halfDead = new HalfDeadServer()) {
            assertThat(refusal(url(halfDead.port()) + "?sslmode=disable").line())
                    .startsWith(
                            "cannot use PostgreSQL at 127.0.0.1:" + halfDead.port() + "/xfchat: it does not answer");
        }
    }

    @Test
    void severalHostsNoneOfWhichAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String hosts = "127.0.0.1:1,127.0.0.1:" + silent.getLocalPort();
            assertThat(refusal("postgresql://someone:" + Refusal.SECRET + "@" + hosts + "/xfchat")
                            .line())
                    .startsWith("cannot use PostgreSQL at " + hosts + "/xfchat: ");
        }
    }

    @Test
    void wrongPassword() {
        assertThat(refusalOfProcess(server.url("postgres", "outsider", Refusal.SECRET))
                        .line())
                .startsWith("cannot use PostgreSQL at 127.0.0.1:" + server.port()
                        + "/postgres: wrong user or password in DATABASE_URL");
    }

    @Test
    void databaseMissing() {
        assertThat(refusal(server.url("nowhere", "postgres", Refusal.SECRET)).line())
                .startsWith("cannot use PostgreSQL at 127.0.0.1:" + server.port()
                        + "/nowhere: the database does not exist");
    }

    @Test
    void userNotLetInAtAll() {
        assertThat(refusal(server.url("postgres", "stranger", Refusal.SECRET)).line())
                .startsWith("cannot use PostgreSQL at 127.0.0.1:" + server.port() + "/postgres: ")
                .contains("no pg_hba.conf entry for host \"127.0.0.1\", user \"stranger\"");
    }

    @Test
    void tlsRequired() {
        assertThat(refusal(server.url("postgres", "tls_only", Refusal.SECRET) + "?sslmode=disable")
                        .line())
                .contains("the server requires TLS for this user")
                .contains("add sslmode=require to DATABASE_URL");
    }

    @Test
    void tlsAskedForButNotOffered() {
        assertThat(refusal(server.url("postgres") + "?sslmode=require").line())
                .contains("sslmode in DATABASE_URL asks for TLS, which the server does not offer");
    }

    @Test
    void noConnectionLeft() {
        server.execute("postgres", "create role crowded login connection limit 0");
        server.admit(
                "host all postgres all trust",
                "host all crowded all trust",
                "host all outsider all scram-sha-256",
                "hostssl all tls_only all scram-sha-256");
        assertThat(refusal(server.url("postgres", "crowded", Refusal.SECRET)).line())
                .contains("the server has no connection left");
    }

    @Test
    void pooledUrlWrongWhereTheDirectOneIsRight() {
        Map<String, String> settings = Service.settings(server.url("nowhere", "postgres", Refusal.SECRET));
        settings.put("DATABASE_DIRECT_URL", server.url(server.newDatabase()));
        assertThat(Refusal.of(settings).line()).contains("/nowhere: ").contains("the database does not exist");
    }
}
