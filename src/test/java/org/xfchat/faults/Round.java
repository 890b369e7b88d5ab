package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.Load.Message;
import org.xfchat.testing.Extent;

/** Some conversations in which everybody writes and reads while something happens, up to the moment when all is quiet and checked. */
final class Round {
    /** Few in each build, where processes start beside them. */
    private static final int WRITERS = Extent.of(6, 12);

    /** How many messages there are before something happens. */
    private static final int FIRST = 100;

    private static final int DETAILS = 30;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** What happens meanwhile. */
    interface Event {
        void happen(Load load, Random random) throws InterruptedException;
    }

    /**
     * What came of it.
     *
     * @param messages what was sent, as often as it was
     */
    record Outcome(History history, List<Message> messages, List<String> violations) {}

    private final Cluster cluster;
    private final Journal journal;
    private final Scene scene;

    Round(Cluster cluster, Journal journal, Scene scene) {
        this.cluster = cluster;
        this.journal = journal;
        this.scene = scene;
    }

    /**
     * Runs it.
     *
     * @param again what is sent first, again
     */
    Outcome run(long seed, List<Message> again, Event event) throws InterruptedException {
        Map<String, Integer> inherited = new HashMap<>();
        cluster.log(scene.conversations()).forEach((conversation, log) -> inherited.put(conversation, log.size()));
        try (Audience audience = Audience.open(cluster, scene, seed);
                Load load = Load.start(cluster, scene, WRITERS, seed, again)) {
            load.awaitMore(FIRST, LIMIT);
            event.happen(load, new Random(seed));
            load.stop(scene);
            Map<String, List<Entry>> log = quiet();
            audience.awaitEnd(log);
            History history = new History(load.calls(), quiet(), inherited, audience.followers());
            List<String> violations = new ArrayList<>(Checker.check(history));
            violations.addAll(load.violations());
            violations.addAll(audience.violations());
            violations.addAll(cluster.newErrors());
            report(history, violations, audience.connections());
            return new Outcome(history, load.messages(), violations);
        }
    }

    /** The log once nothing is under way any more: what a process that was killed had sent may still be. */
    private Map<String, List<Entry>> quiet() {
        await("every transaction is over")
                .atMost(LIMIT)
                .until(() -> cluster.server()
                        .ask(
                                cluster.database(),
                                "select count(*) from pg_stat_activity where datname = current_database() and backend_xid"
                                        + " is not null")
                        .equals(List.of("0")));
        return cluster.log(scene.conversations());
    }

    private void report(History history, List<String> violations, int connections) {
        Map<Answer, Integer> answers = new HashMap<>();
        history.calls().forEach(call -> answers.merge(call.answer(), 1, Integer::sum));
        int stored = history.log().values().stream().mapToInt(List::size).sum();
        journal.write("%d calls %s, %d messages stored, %d subscribers with %d connections: %d violations"
                .formatted(
                        history.calls().size(),
                        answers,
                        stored,
                        history.followers().size(),
                        connections,
                        violations.size()));
        for (String violation : violations.subList(0, Math.min(DETAILS, violations.size()))) {
            journal.write("VIOLATION: " + violation);
            for (Call call : history.calls()) {
                if (violation.contains(call.message())) {
                    journal.write("    " + journal.at(call.begun()) + " to " + journal.at(call.ended()) + " "
                            + call.status() + " " + call);
                }
            }
        }
    }
}
