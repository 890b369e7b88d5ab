package org.xfchat.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.xfchat.bench.HttpConnection.Request;
import org.xfchat.testing.Service;

/** The same load for as long as one likes; nothing but the database may grow. */
final class SoakCase {
    private static final int SAMPLES = 10;
    private static final double PER_SECOND = 300;
    private static final double TOLERATED = 1.2;

    private final Results results;

    SoakCase(Results results) {
        this.results = results;
    }

    private record Sample(long memory, int files, int connections) {
        static Sample of(Rig rig) {
            long pid = rig.pid(0);
            boolean binary = Service.isNative();
            return new Sample(
                    binary ? Processes.resident(pid) : Processes.heap(pid),
                    Processes.openFiles(pid),
                    Integer.parseInt(rig.server()
                            .ask(
                                    rig.database(),
                                    "select count(*) from pg_stat_activity where datname = current_database()")
                            .get(0)));
        }
    }

    /** Writers, pollers, and subscribers of whom some leave and come in each tenth of the time. */
    void run(Rig rig, Duration time) {
        rig.serve(1);
        SplittableRandom random = new SplittableRandom(1);
        List<Sample> samples = new ArrayList<>();
        try (LoadClient readers = new LoadClient();
                Subscribers staying = new Subscribers(false)) {
            staying.open(readers, rig.ports(), 200, i -> Subscribers.request(i, ""));
            staying.awaitOpen(Duration.ofMinutes(1));
            for (int i = 0; i <= SAMPLES; i++) {
                try (Subscribers passing = new Subscribers(false)) {
                    passing.open(readers, rig.ports(), 200, n -> Subscribers.request(n, ""));
                    passing.awaitOpen(Duration.ofMinutes(1));
                    // The first round warms up.
                    rig.load(32, due -> request(random))
                            .open(PER_SECOND, Duration.ZERO, time.dividedBy(SAMPLES))
                            .requireAllGood();
                    passing.requireAllOpen();
                }
                Sample sample = Sample.of(rig);
                samples.add(sample);
                results.point("soak", "memory, MB", i * time.toSeconds() / (double) SAMPLES, sample.memory() / 1e6);
                results.point("soak", "open files", i * time.toSeconds() / (double) SAMPLES, sample.files());
                results.point("soak", "connections", i * time.toSeconds() / (double) SAMPLES, sample.connections());
            }
            staying.requireAllOpen();
        }
        Sample first = samples.get(1);
        Sample last = samples.get(samples.size() - 1);
        results.figure(
                "soak of " + time + ", memory at its end", last.memory() / 1e6, "MB", "≤ 1.2 of the first tenth");
        requireSteady("memory", (double) first.memory(), (double) last.memory(), 16 << 20);
        requireSteady("open files", first.files(), last.files(), 20);
        requireSteady("connections", first.connections(), last.connections(), 5);
    }

    private static void requireSteady(String what, double first, double last, double slack) {
        if (last > first * TOLERATED + slack) {
            throw new AssertionError(what + " grew from " + first + " to " + last);
        }
    }

    private static Request request(SplittableRandom random) {
        int conversation = random.nextInt(Dataset.CONVERSATIONS);
        return switch (random.nextInt(4)) {
            case 0 -> Request.get("/api/conversations?kind=group", Dataset.token(conversation));
            case 1 ->
                Request.get(
                        "/api/conversations/" + Dataset.conversation(conversation) + "/messages",
                        Dataset.token(conversation));
            default -> Rig.put(conversation);
        };
    }
}
