package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** More commands than connections, all of them waiting for somebody else's lock; sending needs none of these. */
class PoolExhaustedIT {
    private static final int READERS = 8;
    private static final int WRITERS = 2;
    private static final Duration BACK = Duration.ofSeconds(20);

    private final List<Integer> statuses = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    private void awaitStatus(int status) {
        int from = statuses.size();
        await("an answer " + status)
                .atMost(BACK)
                .until(() -> statuses.stream().skip(from).anyMatch(answer -> answer == status));
    }

    private void markRead(Client client, Client.Account reader, UUID message) {
        while (!stopped) {
            statuses.add(client.markRead(reader, message).statusCode());
        }
    }

    @Test
    void answers503InTimeShowsItsFiguresGoesOnSendingAndRecovers() throws SQLException {
        try (OwnServer server = OwnServer.start()) {
            String database = server.migratedDatabase();
            Map<String, String> settings = Service.settings(server.url(database), "DATABASE_POOL_SIZE", "6");
            settings.put("DATABASE_ACQUIRE_TIMEOUT", "2s");
            try (Service service = Service.serve(settings).awaitReady()) {
                Client client = new Client(service);
                Client.Account writer = client.signUp();
                Client.Account reader = client.signUp();
                UUID conversation = Client.conversationOf(server, database, writer);
                server.execute(
                        database,
                        "insert into conversation_participants (conversation_id, user_id) values ('" + conversation
                                + "', '" + reader.id() + "')");
                UUID message = UUID.randomUUID();
                assertThat(client.put(writer, conversation, message).statusCode())
                        .isEqualTo(200);
                ExecutorService readers = Executors.newFixedThreadPool(READERS);
                try (Traffic traffic = new Traffic(client, writer, conversation, WRITERS)) {
                    traffic.awaitAcknowledgement(BACK);
                    try (Connection other = server.connect(database);
                            Statement lock = other.createStatement()) {
                        other.setAutoCommit(false);
                        lock.execute("select from conversation_participants where user_id = '" + reader.id()
                                + "' for update");
                        for (int i = 0; i < READERS; i++) {
                            readers.execute(() -> markRead(client, reader, message));
                        }
                        awaitStatus(503);
                        await("the figures show it").atMost(BACK).until(() -> {
                            String body = client.get("/q/health/ready").body();
                            return body.contains("\"pool_max\": 2")
                                    && body.contains("\"pool_active\": 2")
                                    && body.matches("(?s).*\"pool_awaiting\": [1-9].*");
                        });
                        // The server itself is well: a pod that is busy keeps its traffic.
                        assertThat(client.get("/q/health/ready").statusCode()).isEqualTo(200);
                        for (int i = 0; i < 10; i++) {
                            traffic.awaitAcknowledgement(Duration.ofSeconds(25));
                        }
                        assertThat(statuses).doesNotContain(200);
                        other.rollback();
                    }
                    awaitStatus(200);
                    stopped = true;
                    assertThat(statuses).containsOnly(200, 503);
                    traffic.stopAndCheckAnswers(Duration.ofSeconds(25));
                    traffic.checkStored(server, database);
                } finally {
                    stopped = true;
                    readers.shutdown();
                }
            }
        }
    }
}
