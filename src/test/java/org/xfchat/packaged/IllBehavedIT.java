package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.Service;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;

/**
 * Hundreds of clients that behave badly in every way at once, with the limits that are shipped and 256 MiB: strangers are served
 * meanwhile, and nothing is left of it afterwards. Short in each build; {@code -Dill-behaved.seconds=3600} for longer, {@code
 * -Dill-behaved.seed} for the same again.
 */
class IllBehavedIT {
    private static final long SEED = Long.getLong("ill-behaved.seed", System.nanoTime());
    private static final int SECONDS = Integer.getInteger("ill-behaved.seconds", 15);
    private static final int AT_ONCE = 200;

    /**
     * Streams whose clients vanish while they open are not closed yet, and leave traces in the log: -Dill-behaved.streams=true looks
     * for both as well.
     */
    private static final boolean STREAMS_TOO = Boolean.getBoolean("ill-behaved.streams");

    /** Nothing takes that long; only a defect does. */
    private static final Duration HANG = Duration.ofMinutes(2);

    private static final Duration STEP = Duration.ofMillis(20);
    private static final Pattern BODIES = Pattern.compile("(?m)^xfchat_limit_bodies (\\S+)$");
    private static final Pattern HASHES = Pattern.compile("(?m)^xfchat_auth_hash_waiting (\\S+)$");
    private static final Pattern MEMORY = Pattern.compile("(?m)^xfchat_memory_used_bytes (\\S+)$");
    private static final Pattern STREAMS = Pattern.compile("(?m)^xfchat_stream_open\\{[^}]*} (\\S+)$");

    private final Random random = new Random(SEED);
    private final List<IllBehaved> clients = new ArrayList<>();
    private int came;

    @Test
    void areBorneAndForgotten() {
        String seed = "the same again: -Dill-behaved.seed=" + SEED;
        try (Replicas replicas = Replicas.start(1, Map.of("LIMITS", "on"))) {
            Service service = replicas.get(0);
            List<Client.Account> attackers = replicas.signUp(3);
            UUID theirs = replicas.conversationOf(attackers);
            replicas.fill(theirs, attackers.get(0), 300, "repeat('x', 1000)");
            Client.Account stranger = replicas.signUp(1).get(0);
            UUID conversation = replicas.conversationOf(List.of(stranger));
            VitalSigns signs = new VitalSigns(service);
            try {
                strangersAreServed(service, attackers, theirs, stranger, conversation, replicas);
            } finally {
                clients.forEach(IllBehaved::end);
            }
            Client client = new Client(service);
            await("nothing is kept of them")
                    .atMost(HANG)
                    .untilAsserted(() -> assertThat(List.of(
                                    metric(client, BODIES),
                                    metric(client, HASHES),
                                    STREAMS_TOO ? metric(client, STREAMS) : 0.0,
                                    metric(client, MEMORY)))
                            .as("bodies, hashes, streams, memory; %s", seed)
                            .containsOnly(0.0));
            signs.answers();
            if (STREAMS_TOO) {
                signs.areBack();
            }
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(came + " clients; " + seed, failed);
        }
    }

    private void strangersAreServed(
            Service service,
            List<Client.Account> attackers,
            UUID theirs,
            Client.Account stranger,
            UUID conversation,
            Replicas replicas) {
        Client client = new Client(service);
        List<Subscriber> readers = new ArrayList<>();
        readers.add(
                BraidSubscriber.open(Replicas.subscription(stranger, conversation, service), conversation.toString()));
        long begin = System.nanoTime();
        long asked = begin;
        while (System.nanoTime() - begin < Duration.ofSeconds(SECONDS).toNanos()) {
            for (int i = random.nextInt(6); i > 0 && clients.size() < AT_ONCE; i--) {
                clients.add(new IllBehaved(random, service, attackers.get(random.nextInt(attackers.size())), theirs));
                came++;
            }
            for (Iterator<IllBehaved> each = clients.iterator(); each.hasNext(); ) {
                if (!each.next().goOn()) {
                    each.remove();
                }
            }
            if (System.nanoTime() - asked > Duration.ofSeconds(1).toNanos()) {
                isServed(client, stranger, conversation);
                asked = System.nanoTime();
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
        // While they are still there somebody new comes, and gets everything as well.
        readers.add(SseSubscriber.open(Replicas.subscription(stranger, conversation, service), "0"));
        isServed(client, stranger, conversation);
        try {
            replicas.checkDelivered(conversation, readers);
        } finally {
            readers.forEach(Subscriber::close);
        }
    }

    private static void isServed(Client client, Client.Account stranger, UUID conversation) {
        assertThat(client.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(client.put(stranger, conversation, UUID.randomUUID()).statusCode())
                .isEqualTo(200);
    }

    private static double metric(Client client, Pattern line) {
        return line.matcher(client.get("/q/metrics").body())
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }
}
