package org.xfchat.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.xfchat.bench.HttpConnection.Request;

/** This package beside another one, in turn and on one database: what a change has cost or gained, whatever the machine does. */
final class PairCase {
    private static final int ROUNDS = 8;
    private static final Duration TURN = Duration.ofSeconds(3);

    private final Results results;

    PairCase(Results results) {
        this.results = results;
    }

    /** @param other a folder {@code quarkus-app} */
    void run(Rig rig, Path other) {
        Dataset.fill(rig.server(), rig.database(), 0, 10_000);
        rig.serveBeside(other);
        SplittableRandom random = new SplittableRandom(1);
        LongFunction<Request> put = due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS));
        // First what compiles the code that the next one runs: one connection alone would take minutes for that.
        compare(rig, "PUT, 64 connections", 64, put);
        compare(rig, "PUT, 1 connection", 1, put);
        Request history =
                Request.get("/api/conversations/" + Dataset.conversation(0) + "/messages?limit=50", Dataset.token(0));
        compare(rig, "history, 4 connections", 4, due -> history);
        Request list = Request.get("/api/conversations?kind=group", Dataset.token(0));
        compare(rig, "conversation list, 4 connections", 4, due -> list);
    }

    private void compare(Rig rig, String what, int connections, LongFunction<Request> requests) {
        List<Integer> ports = rig.ports();
        ports.forEach(port -> rig.load(List.of(port), connections, requests).warmUp());
        double[] here = new double[ROUNDS];
        double[] there = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            // In turn the first and the second, which is not the same to a machine.
            boolean isFirst = round % 2 == 0;
            double first = turn(rig, ports.get(isFirst ? 0 : 1), connections, requests);
            double second = turn(rig, ports.get(isFirst ? 1 : 0), connections, requests);
            here[round] = isFirst ? first : second;
            there[round] = isFirst ? second : first;
        }
        results.ratio(
                what + ", median of " + ROUNDS + " turns",
                median(DoubleStream.of(here)),
                "/s",
                "the other package",
                OptionalDouble.of(median(DoubleStream.of(there))),
                null);
        results.figure(
                what + ", median of the turns' ratios",
                median(IntStream.range(0, ROUNDS).mapToDouble(round -> here[round] / there[round])),
                "");
    }

    private static double turn(Rig rig, int port, int connections, LongFunction<Request> requests) {
        return rig.load(List.of(port), connections, requests)
                .closed(TURN)
                .requireAllGood()
                .perSecond();
    }

    private static double median(DoubleStream values) {
        return values.sorted().skip(ROUNDS / 2 - 1).limit(2).average().orElseThrow();
    }
}
