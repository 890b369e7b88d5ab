package org.xfchat.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Somebody has what everybody needs, and keeps it until it is closed. */
final class Exhaustion implements AutoCloseable {
    private static final int CONNECTIONS = 200;
    private static final int READERS = 60;

    private final List<Connection> connections = new ArrayList<>();
    private final List<CompletableFuture<HttpResponse<Void>>> waiting = new ArrayList<>();

    private Exhaustion() {}

    /** The row locks of a conversation and of those who take part, for which more commands wait than there are connections. */
    static Exhaustion ofPools(Cluster cluster, Scene scene, Random random) {
        Exhaustion exhaustion = new Exhaustion();
        UUID conversation =
                scene.conversations().get(random.nextInt(scene.conversations().size()));
        try {
            Connection holder = cluster.server().connect(cluster.database());
            exhaustion.connections.add(holder);
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.execute("select from conversations where id = '" + conversation + "' for update");
                statement.execute("select from conversation_participants where conversation_id = '" + conversation
                        + "' order by user_id for update");
            }
        } catch (SQLException failed) {
            exhaustion.close();
            throw new IllegalStateException(failed);
        }
        List<String> messages = cluster.server()
                .ask(
                        cluster.database(),
                        "select id from chat_messages where conversation_id = '" + conversation
                                + "' order by seq desc limit 1");
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        for (String message : messages) {
            for (int i = 0; i < READERS; i++) {
                Replica replica = cluster.replicas().get(i % cluster.replicas().size());
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + replica.port() + "/api/messages/" + message + "/read"))
                        .timeout(Duration.ofSeconds(15))
                        .header(
                                "Authorization",
                                "Bearer "
                                        + scene.members()
                                                .get(i % scene.members().size())
                                                .token())
                        .method("PATCH", BodyPublishers.noBody())
                        .build();
                exhaustion.waiting.add(http.sendAsync(request, BodyHandlers.discarding()));
            }
        }
        return exhaustion;
    }

    /** Every connection of the server; whoever had one has to ask for another. */
    static Exhaustion ofConnections(Cluster cluster) {
        Exhaustion exhaustion = new Exhaustion();
        try {
            exhaustion.connections.add(cluster.server().connect("postgres"));
            try (Statement statement = exhaustion.connections.get(0).createStatement()) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                        + cluster.database() + "'");
            }
            while (exhaustion.connections.size() < CONNECTIONS) {
                exhaustion.connections.add(cluster.server().connect("postgres"));
            }
        } catch (SQLException refused) {
            // 53300, too many connections: which is what was wanted.
            if (!refused.getSQLState().equals("53300")) {
                exhaustion.close();
                throw new IllegalStateException(refused);
            }
        }
        return exhaustion;
    }

    /** What was answered to those who waited: 200, or 503 in time. */
    private void checkAnswers() {
        for (CompletableFuture<HttpResponse<Void>> each : waiting) {
            int status = each.handle((answer, failed) -> failed == null ? answer.statusCode() : 0)
                    .join();
            if (status != 0 && status != 200 && status != 503) {
                throw new AssertionError("a read mark that had to wait was answered with " + status);
            }
        }
    }

    @Override
    public void close() {
        try {
            for (Connection connection : connections) {
                connection.close();
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
        checkAnswers();
    }
}
