package org.xfchat.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xfchat.bench.HttpConnection.Request;

/** How many messages, and accounts, are taken in a second. */
final class WriteCases {
    private static final int[] CONNECTIONS = {1, 8, 64, 256};
    private static final int MANY = 64;
    private static final String THROUGHPUT = "throughput";

    private final Results results;

    WriteCases(Results results) {
        this.results = results;
    }

    private static Outcome putEverywhere(Rig rig, int connections) {
        return puts(rig, connections).closed().requireAllGood();
    }

    private static Load puts(Rig rig, int connections) {
        SplittableRandom random = new SplittableRandom(connections);
        return rig.load(connections, due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS)));
    }

    private static Load puts(Rig rig, Floor floor, int connections) {
        SplittableRandom random = new SplittableRandom(connections);
        return rig.load(floor, connections, due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS)));
    }

    /** Over 1,000 conversations; each figure between those that it is compared with, in the same minute. */
    void manyConversations(Rig rig) {
        Baselines baselines = new Baselines(rig.server());
        rig.serve(1);
        try (Floor floor = Floor.sameStack(rig)) {
            // One connection alone would take minutes until what it runs is compiled.
            puts(rig, MANY).warmUp();
            puts(rig, floor, MANY).warmUp();
            for (int connections : CONNECTIONS) {
                String what = "PUT over 1,000 conversations, " + connections + " connections";
                double single = baselines.perSecond(connections, Dataset.CONVERSATIONS);
                Outcome outcome = putEverywhere(rig, connections);
                double most = putNowhere(rig, floor, connections).perSecond();
                compare(what, outcome, baselines.name(), single, connections == MANY ? "≥ 1.0" : null);
                compare(what, outcome, "the same service, storing nothing", most, null);
                results.cost(what, outcome.cost());
                results.figure(what + ", p50", outcome.millis(50), "ms");
                results.point(THROUGHPUT, "XFChat, over HTTP", connections, outcome.perSecond());
                results.point(THROUGHPUT, "the same, storing nothing", connections, most);
                results.point(THROUGHPUT, baselines.name(), connections, single);
            }
        }
    }

    private void compare(String what, Outcome outcome, String against, double baseline, @Nullable String reach) {
        results.ratio(what, outcome.perSecond(), "/s", against, OptionalDouble.of(baseline), reach);
    }

    private static Outcome putNowhere(Rig rig, Floor floor, int connections) {
        return puts(rig, floor, connections).closed().requireAllGood();
    }

    void oneConversation(Rig rig) {
        Baselines baselines = new Baselines(rig.server());
        rig.serve(1);
        double single = baselines.perSecond(MANY, 1);
        Outcome outcome = rig.load(MANY, due -> Rig.put(0)).closed().requireAllGood();
        String what = "PUT into one conversation, 64 connections";
        compare(what, outcome, baselines.name(), single, "≥ 8");
        results.cost(what, outcome.cost());
    }

    /** What HTTP alone takes: the service without a log, and a plain Vert.x server. */
    void floor(Rig rig) {
        try (Floor same = Floor.sameStack(rig);
                Floor plain = Floor.plainVertx()) {
            puts(rig, plain, MANY).warmUp();
            puts(rig, same, MANY).warmUp();
            for (int connections : CONNECTIONS) {
                Outcome bare = putNowhere(rig, plain, connections);
                Outcome outcome = putNowhere(rig, same, connections);
                String what = "PUT that stores nothing, " + connections + " connections";
                compare(what, outcome, "plain Vert.x", bare.perSecond(), null);
                results.cost(what, outcome.cost());
                results.cost(what + ", plain Vert.x", bare.cost());
            }
        }
    }

    /** A dump's snapshot keeps every version of every row that is changed meanwhile. */
    void whileADumpRuns(Rig rig) throws SQLException {
        rig.serve(1);
        double before = putEverywhere(rig, MANY).perSecond();
        double during;
        try (Connection dump = rig.server().connect(rig.database());
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            dump.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select count(*) from conversations");
            during = putEverywhere(rig, MANY).perSecond();
            dump.rollback();
        }
        results.ratio(
                "PUT over 1,000 conversations while a snapshot is held",
                during,
                "/s",
                "without",
                OptionalDouble.of(before),
                null);
    }

    /** All on this machine, whose cores they share. */
    void replicas(Rig rig) {
        double one = 0;
        for (int replicas : new int[] {1, 2, 4}) {
            rig.serve(replicas);
            Outcome outcome = putEverywhere(rig, MANY);
            double perSecond = outcome.perSecond();
            if (replicas == 1) {
                one = perSecond;
                results.figure("PUT over 1,000 conversations, 1 replica", perSecond, "/s");
            } else {
                results.ratio(
                        "PUT over 1,000 conversations, " + replicas + " replicas on one machine",
                        perSecond,
                        "/s",
                        "one replica",
                        OptionalDouble.of(one),
                        null);
            }
            results.cost("PUT, replicas: " + replicas, outcome.cost());
            results.point("replicas", "over HTTP", replicas, perSecond);
        }
    }

    /** Both are bound by the password's hash, on purpose. */
    void accounts(Rig rig) {
        rig.serve(1);
        String run = UUID.randomUUID().toString().substring(0, 8);
        AtomicInteger number = new AtomicInteger();
        Outcome signUps = rig.load(16, due -> signUp(run, number.incrementAndGet()))
                .closed()
                .requireAllGood();
        results.figure("sign-up, 16 connections", signUps.perSecond(), "/s");
        results.figure("sign-up, 16 connections, p99", signUps.millis(99), "ms");
        int known = number.get();
        SplittableRandom random = new SplittableRandom(1);
        Outcome logIns = rig.load(16, due -> logIn(run, 1 + random.nextInt(known)))
                .closed()
                .requireAllGood();
        results.figure("log-in, 16 connections", logIns.perSecond(), "/s");
        results.figure("log-in, 16 connections, p99", logIns.millis(99), "ms");
    }

    private static Request signUp(String run, int number) {
        String name = "u" + run + "_" + number;
        return Request.post(
                "/api/auth/signup",
                "{\"username\":\"" + name + "\",\"email\":\"" + name + "@x.test\",\"password\":\"correct horse\"}");
    }

    private static Request logIn(String run, int number) {
        return Request.post(
                "/api/auth/login", "{\"username\":\"u" + run + "_" + number + "\",\"password\":\"correct horse\"}");
    }
}
