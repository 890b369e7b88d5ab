package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;

/** The present version is the next one's predecessor: it goes on serving while the next one migrates, and starts on its schema. */
class NextSchemaIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** The present migrations and examples of later ones, as the next version would apply them. */
    private static void migrateAsTheNextVersion(Replicas replicas) {
        Flyway next = Flyway.configure()
                .dataSource(
                        "jdbc:postgresql://127.0.0.1:" + replicas.server().port() + "/" + replicas.database(),
                        "postgres",
                        "postgres")
                .locations("classpath:db/migration", "filesystem:src/test/resources/db/next")
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load();
        assertThat(next.migrate().migrationsExecuted).isPositive();
        assertThat(next.info().current().getVersion()).isGreaterThan(MigrationVersion.fromVersion("2099"));
    }

    @Test
    void servesWhileItIsMigratedAndStartsOnItAgain() {
        try (Replicas replicas = Replicas.start(1, Map.of())) {
            List<Client.Account> accounts = replicas.signUp(2);
            UUID conversation = replicas.conversationOf(accounts);
            Service service = replicas.get(0);
            try (Writers writers = Writers.steady(replicas.all(), accounts, conversation);
                    SseSubscriber events =
                            SseSubscriber.open(Replicas.subscription(accounts.get(0), conversation, service), "0");
                    BraidSubscriber braid = BraidSubscriber.open(
                            Replicas.subscription(accounts.get(1), conversation, service), conversation.toString())) {
                writers.awaitMore(20, SOON);
                migrateAsTheNextVersion(replicas);
                writers.awaitMore(20, SOON);

                Service restarted = replicas.add();
                assertThat(restarted.lines())
                        .anyMatch(line -> line.contains(" WARN ")
                                && line.contains("newer than this binary")
                                && line.contains("declared compatible"));
                Client.Account late = new Client(restarted).signUp();
                UUID own = replicas.conversationOf(List.of(late));
                UUID message = UUID.randomUUID();
                assertThat(new Client(restarted).put(late, own, message).statusCode())
                        .isEqualTo(200);
                assertThat(replicas.stored(own)).containsExactly(message.toString());

                writers.stopAndCheck();
                List<String> stored = replicas.stored(conversation);
                writers.checkStored(stored);
                events.awaitSize(stored.size(), SOON);
                braid.awaitSize(stored.size(), SOON);
                assertThat(events.ids()).isEqualTo(stored);
                assertThat(braid.ids()).isEqualTo(stored);
                // No stream was cut.
                assertThat(events.ends()).isEmpty();
                assertThat(braid.ends()).isEmpty();
            }
        }
    }
}
