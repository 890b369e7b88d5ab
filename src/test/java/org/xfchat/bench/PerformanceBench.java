package org.xfchat.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * All cases, or those that {@code -Dbench.cases=put,idle} names; the soak only with its length, {@code -Dbench.soak=PT1H},
 * and pairs only with another package, {@code -Dbench.against=quarkus-app}. Results
 * go to {@code docs/performance}, or to {@code -Dbench.folder}; {@code -Dbench.seconds} is how long a load is measured.
 */
class PerformanceBench {
    private static final Path FOLDER = Path.of(System.getProperty("bench.folder", "docs/performance"));

    private interface Case {
        void run(Rig rig) throws Exception;
    }

    private final Results results = new Results(FOLDER);
    private final Set<String> chosen =
            Set.of(System.getProperty("bench.cases", "").split(",", -1));
    private final List<DynamicTest> cases = new ArrayList<>();

    @TestFactory
    Stream<DynamicTest> cases() {
        WriteCases writes = new WriteCases(results);
        StreamCases streams = new StreamCases(results);
        ReadCases reads = new ReadCases(results);
        PlanCases plan = new PlanCases(results);
        add("floor", writes::floor);
        add("put", writes::manyConversations);
        add("hot", writes::oneConversation);
        add("dump", writes::whileADumpRuns);
        add("replicas", writes::replicas);
        add("growth", rig -> new GrowthCase(results).run(rig));
        add("lanes", rig -> LanesCase.run(results, rig));
        add("accounts", writes::accounts);
        add("latency", streams::latency);
        add("fan-out", rig -> {
            streams.fanOut(rig, 1_000, 3_000);
            streams.fanOut(rig, 10_000, 300);
        });
        add("idle", streams::idle);
        add("storm", streams::storm);
        add("history", reads::history);
        add("list", reads::conversationList);
        add("users", plan::hundredUsers);
        add("thousand", plan::thousandMessages);
        add("exhausted", plan::exhaustedPool);
        String soak = System.getProperty("bench.soak", "");
        if (!soak.isEmpty()) {
            add("soak", rig -> new SoakCase(results).run(rig, Duration.parse(soak)));
        }
        String against = System.getProperty("bench.against", "");
        if (!against.isEmpty()) {
            add("pairs", rig -> new PairCase(results).run(rig, Path.of(against)));
        }
        return cases.stream();
    }

    private void add(String name, Case runs) {
        if (chosen.contains("") || chosen.contains(name)) {
            Executable measured = () -> {
                try (Rig rig = new Rig()) {
                    runs.run(rig);
                }
                results.save(name);
            };
            cases.add(DynamicTest.dynamicTest(name, measured));
        }
    }

    @AfterAll
    static void report() {
        Report.write(FOLDER, new Results(FOLDER).runs());
    }
}
