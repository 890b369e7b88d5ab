package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;

/** More writers than connections, all of them waiting for somebody else's lock. */
class PoolExhaustedIT {
    private static final int WRITERS = 8;
    private static final Duration BACK = Duration.ofSeconds(20);

    @Test
    void answers503InTimeShowsItsFiguresAndRecovers() throws SQLException {
        try (OwnServer server = OwnServer.start()) {
            String database = server.newDatabase();
            Map<String, String> settings = Service.settings(server.url(database), "DATABASE_POOL_SIZE", "3");
            settings.put("DATABASE_ACQUIRE_TIMEOUT", "2s");
            try (Service service = Service.serve(settings).awaitReady()) {
                Client client = new Client(service);
                Client.Account account = client.signUp();
                UUID conversation = Client.conversationOf(server, database, account);
                try (Traffic traffic = new Traffic(client, account, conversation, WRITERS)) {
                    traffic.awaitAcknowledgement(BACK);
                    try (Connection other = server.connect(database);
                            Statement lock = other.createStatement()) {
                        other.setAutoCommit(false);
                        lock.execute("select from conversations where id = '" + conversation + "' for update");
                        traffic.awaitAnswer(BACK, 503);
                        await("the figures show it").atMost(BACK).until(() -> {
                            String body = client.get("/q/health/ready").body();
                            return body.contains("\"pool_max\": 2")
                                    && body.contains("\"pool_active\": 2")
                                    && body.matches("(?s).*\"pool_awaiting\": [1-9].*");
                        });
                        // The server itself is well: a pod that is busy keeps its traffic.
                        assertThat(client.get("/q/health/ready").statusCode()).isEqualTo(200);
                        other.rollback();
                    }
                    traffic.awaitAcknowledgement(BACK);
                    traffic.stopAndCheckAnswers(Duration.ofSeconds(11));
                    traffic.checkStored(server, database);
                }
            }
        }
    }
}
