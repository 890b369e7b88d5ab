package org.xfchat.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.Load.Message;
import org.xfchat.faults.Round.Outcome;
import org.xfchat.faults.Schedule.Step;
import org.xfchat.packaged.BackupScripts;

/**
 * Faults at random under load: nothing acknowledged is lost, nothing is there twice, everybody sees the one order.
 *
 * <p>{@code -Dfaults.seed} chooses what happens, {@code -Dfaults.minutes} how long; without the latter each fault comes once.
 */
class FaultsIT {
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final Duration LONG = Duration.ofMinutes(Long.getLong("faults.minutes", 0));
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** How long a fault lasts that lets nothing through. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final int FAULTS_OF_A_ROUND = 5;
    private static final int LOST_AND_SENT_AGAIN = 300;

    private static Journal journal;
    private static Cluster cluster;
    private static String noBackup;

    private final Random random = new Random(SEED);

    /** Of all rounds: one does not hide what the next would find. */
    private final List<String> violations = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        journal = new Journal(SEED);
        journal.write("-Dfaults.seed=" + SEED + " -Dfaults.minutes=" + LONG.toMinutes());
        cluster = Cluster.start(LONG.isZero() ? 2 : 3);
        noBackup = BackupScripts.missing(cluster.server());
        journal.write(cluster.replicas().size() + " replicas are ready");
    }

    @AfterAll
    static void end() throws IOException {
        try (Cluster ending = cluster) {
            ending.writeLogs(journal.folder());
        }
    }

    /** So that a machine where something is not tried says so. */
    @Test
    void canAllBeHadHere() {
        List<String> missing = EnumSet.allOf(Fault.class).stream()
                .filter(fault -> !fault.missing(cluster).isEmpty())
                .map(fault -> fault + ": " + fault.missing(cluster))
                .toList();
        assumeTrue(missing.isEmpty(), missing.toString());
        assumeTrue(noBackup.isEmpty(), noBackup);
    }

    @Test
    void changeNothingOfWhatIsPromised() throws InterruptedException {
        runAll();
        assertThat(violations)
                .as("seed %d, see %s and the logs beside it", SEED, journal.file())
                .isEmpty();
    }

    private void runAll() throws InterruptedException {
        List<Fault> possible = EnumSet.allOf(Fault.class).stream()
                .filter(fault -> fault.missing(cluster).isEmpty())
                .toList();
        if (LONG.isZero()) {
            List<Fault> brief = possible.stream()
                    .filter(fault -> fault != Fault.MIGRATED_TO_A_LATER_SCHEMA)
                    .toList();
            Scene scene = Scene.in(cluster, 3);
            run(scene, random.nextLong(), List.of(), Schedule.brief(brief, random));
            return;
        }
        Deque<Step> steps = new ArrayDeque<>(Schedule.thorough(possible, random));
        Set<Fault> done = new HashSet<>();
        for (int round = 0; !done.containsAll(possible) || journal.elapsed().compareTo(LONG) < 0; round++) {
            List<Step> next = new ArrayList<>();
            while (next.size() < FAULTS_OF_A_ROUND) {
                if (steps.isEmpty()) {
                    steps.addAll(Schedule.thorough(possible, random));
                }
                next.add(steps.remove());
            }
            next.forEach(step -> done.addAll(step.faults()));
            Scene scene = Scene.in(cluster, 3);
            run(scene, random.nextLong(), List.of(), next);
            cluster.forget(scene);
            if (round % 3 == 1 && noBackup.isEmpty()) {
                restore(Scene.in(cluster, 3), round);
            }
        }
    }

    private void run(Scene scene, long seed, List<Message> again, List<Step> steps) throws InterruptedException {
        Round round = new Round(cluster, journal, scene);
        Outcome outcome = round.run(seed, again, (load, own) -> {
            for (Step step : steps) {
                happen(step, scene, load, own);
            }
        });
        violations.addAll(outcome.violations());
    }

    private void happen(Step step, Scene scene, Load load, Random own) throws InterruptedException {
        Deque<Fault.Heal> heals = new ArrayDeque<>();
        int before = load.acknowledged();
        int cuts = cluster.cuts();
        for (Fault fault : step.faults()) {
            journal.write(fault + " for " + step.hold().toMillis() + " ms");
            heals.push(fault.inject(cluster, scene, own));
        }
        load.isStopped(step.hold());
        load.awaitMore(step.under() - (load.acknowledged() - before), PATIENCE);
        if (step.faults().stream().anyMatch(Fault::cuts)) {
            await("connections are cut").atMost(LIMIT).until(() -> cluster.cuts() > cuts);
        }
        int during = load.acknowledged() - before;
        heals.forEach(Fault.Heal::now);
        journal.write("healed; %d acknowledged meanwhile, %d connections cut".formatted(during, cluster.cuts() - cuts));
        if (!load.awaitMore(step.after(), LIMIT)) {
            throw new AssertionError("nothing is acknowledged any more after " + step.faults() + "; " + journal.file());
        }
    }

    /** The database goes back in time, to a backup that was made under load (docs/backup.md). */
    private void restore(Scene scene, int round) throws InterruptedException {
        Path dump = folder.resolve(round + ".dump");
        long[] moment = new long[1];
        Outcome before = new Round(cluster, journal, scene).run(random.nextLong(), List.of(), (load, own) -> {
            load.awaitMore(500, LIMIT);
            moment[0] = System.nanoTime();
            BackupScripts.run(cluster.server().url(cluster.database()), "dump.sh", dump.toString())
                    .checked();
            load.awaitMore(1_000, LIMIT);
        });
        violations.addAll(before.violations());
        String old = cluster.database();
        String epoch = cluster.eventId(0).substring(1);
        String fresh = cluster.server().newDatabase();
        BackupScripts.run(cluster.server().url(fresh), "restore.sh", dump.toString())
                .checked();
        cluster.moveTo(fresh);
        cluster.server().execute("postgres", "drop database " + old + " with (force)");
        Map<String, List<Entry>> kept = cluster.log(scene.conversations());
        journal.write("restored: " + kept.values().stream().mapToInt(List::size).sum() + " messages of "
                + before.history().log().values().stream().mapToInt(List::size).sum());
        violations.addAll(Checker.checkRestored(before.history(), kept, moment[0]));
        try (Returned returned = Returned.to(cluster, scene, before.history(), kept, epoch)) {
            List<Step> steps = Schedule.brief(List.of(Fault.REPLICA_KILLED, Fault.COMMIT_ANSWERS_LOST), random);
            run(scene, random.nextLong(), lost(before, kept), steps);
            violations.addAll(returned.violations(cluster.log(scene.conversations())));
        }
        cluster.forget(scene);
    }

    /** What the backup has not, as its writers send it again. */
    private static List<Message> lost(Outcome before, Map<String, List<Entry>> kept) {
        Set<UUID> known = new HashSet<>();
        kept.values().forEach(log -> log.forEach(entry -> known.add(UUID.fromString(entry.message()))));
        // Without parents, which may be lost too.
        return before.messages().stream()
                .filter(message -> message.proper() && known.add(message.id()))
                .limit(LOST_AND_SENT_AGAIN)
                .map(message -> new Message(
                        message.conversation(),
                        message.id(),
                        message.content(),
                        true,
                        message.sender(),
                        message.version(),
                        null))
                .toList();
    }
}
