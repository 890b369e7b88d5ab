package org.xfchat.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Which faults come, in which order, how long each lasts: of a seed always the same. */
final class Schedule {
    /** Those that go together with one of the others. */
    private static final List<Fault> BESIDES = List.of(
            Fault.REPLICA_KILLED,
            Fault.REPLICA_FROZEN,
            Fault.CLIENT_CONNECTIONS_CUT,
            Fault.SLOW_READERS,
            Fault.HALF_OPEN_CLIENTS);

    private static final Set<Fault> WITH = EnumSet.of(
            Fault.SERVER_KILLED,
            Fault.SERVER_STOPPED,
            Fault.SERVER_FROZEN,
            Fault.DATABASE_CONNECTIONS_CUT,
            Fault.COMMIT_ANSWERS_LOST,
            Fault.DATABASE_SLOW,
            Fault.DATABASE_SILENT,
            Fault.BACKENDS_TERMINATED,
            Fault.LISTENERS_TERMINATED);

    /** Those that are most interesting when they last for longer than a request does. */
    private static final Set<Fault> PATIENT = EnumSet.of(
            Fault.SERVER_FROZEN, Fault.DATABASE_SILENT, Fault.REPLICA_FROZEN, Fault.POOL_EXHAUSTED, Fault.SLOW_READERS);

    /**
     * One after the other.
     *
     * @param faults healed in the opposite order
     * @param hold how long they last at least
     * @param under how many messages are acknowledged meanwhile, where that is possible within some seconds
     * @param after how many are acknowledged before the next one
     */
    record Step(List<Fault> faults, Duration hold, int under, int after) {}

    private Schedule() {}

    /** Each of them once, for a moment. */
    static List<Step> brief(List<Fault> faults, Random random) {
        List<Fault> shuffled = new ArrayList<>(faults);
        Collections.shuffle(shuffled, random);
        return shuffled.stream()
                .map(fault -> new Step(List.of(fault), Duration.ofMillis(300 + random.nextInt(900)), 0, 100))
                .toList();
    }

    /** Each of them once, and some beside another, for thousands of messages. */
    static List<Step> thorough(List<Fault> faults, Random random) {
        List<Fault> shuffled = new ArrayList<>(faults);
        Collections.shuffle(shuffled, random);
        List<Step> steps = new ArrayList<>();
        for (Fault fault : shuffled) {
            Fault beside = BESIDES.get(random.nextInt(BESIDES.size()));
            boolean two = WITH.contains(fault) && random.nextInt(3) == 0;
            int millis = PATIENT.contains(fault) && random.nextInt(3) == 0
                    ? 11_000 + random.nextInt(4_000)
                    : 500 + random.nextInt(3_000);
            steps.add(new Step(two ? List.of(beside, fault) : List.of(fault), Duration.ofMillis(millis), 2_000, 500));
        }
        return steps;
    }
}
