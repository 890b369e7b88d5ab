package org.xfchat.packaged;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xfchat.testing.Extent;

/**
 * Hundreds of clients that behave badly in every way at once, with the limits that are shipped and 256 MiB: strangers are served
 * meanwhile, and nothing is left of it afterwards. Short in each build; {@code -Dill-behaved.seconds=3600} for longer, {@code
 * -Dill-behaved.seed} for the same again.
 */
class IllBehavedIT {
    private static final long SEED = Long.getLong("ill-behaved.seed", System.nanoTime());
    private static final int SECONDS = Integer.getInteger("ill-behaved.seconds", Extent.of(5, 15));
    private static final int AT_ONCE = 200;
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Whom it still waits for at the end takes as long as it has patience. */
    private static final Map<String, String> PATIENT_FOR_LESS =
            Map.of("XFCHAT_HTTP_DEADLINE", "5S", "XFCHAT_HTTP_STALL_TIMEOUT", "5S");

    @RegisterExtension
    static final Attacked ATTACKED = new Attacked(Extent.of(PATIENT_FOR_LESS, Map.of()));

    private final Random random = new Random(SEED);
    private final List<IllBehaved> clients = new ArrayList<>();
    private int came;

    @Test
    void areBorneAndForgotten() {
        System.out.println("the same again: -Dill-behaved.seed=" + SEED);
        Replicas replicas = ATTACKED.replicas();
        List<Client.Account> attackers = replicas.signUp(3);
        UUID theirs = replicas.conversationOf(attackers);
        replicas.fill(theirs, attackers.get(0), 300, "repeat('x', 1000)");
        try {
            strangersAreServed(attackers, theirs);
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(came + " clients; the same again: -Dill-behaved.seed=" + SEED, failed);
        } finally {
            clients.forEach(IllBehaved::end);
        }
    }

    private void strangersAreServed(List<Client.Account> attackers, UUID theirs) {
        long begin = System.nanoTime();
        long looked = begin;
        while (System.nanoTime() - begin < Duration.ofSeconds(SECONDS).toNanos()) {
            for (int i = random.nextInt(6); i > 0 && clients.size() < AT_ONCE; i--) {
                clients.add(new IllBehaved(
                        random, ATTACKED.connect(), attackers.get(random.nextInt(attackers.size())), theirs));
                came++;
            }
            clients.removeIf(client -> !client.goOn());
            if (System.nanoTime() - looked > LOOK.toNanos()) {
                ATTACKED.strangers().areServed();
                looked = System.nanoTime();
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
