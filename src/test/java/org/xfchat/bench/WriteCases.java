package org.xfchat.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
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
        SplittableRandom random = new SplittableRandom(connections);
        return rig.load(connections, due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS)))
                .closed()
                .requireAllGood();
    }

    /** Over 1,000 conversations; each figure between its own two baselines, in the same minute. */
    void manyConversations(Rig rig) {
        Baselines baselines = new Baselines(rig.server());
        rig.serve(1);
        // The compilers' share is not what is measured.
        putEverywhere(rig, MANY);
        for (int connections : CONNECTIONS) {
            OptionalDouble pgbench = baselines.pgbench(connections, Dataset.CONVERSATIONS);
            Outcome outcome = putEverywhere(rig, connections);
            double jdbc = baselines.jdbc(connections, Dataset.CONVERSATIONS);
            String what = "PUT over 1,000 conversations, " + connections + " connections";
            results.ratio(
                    what,
                    outcome.perSecond(),
                    "/s",
                    "pgbench, one statement per message",
                    pgbench,
                    connections == MANY ? "≥ 1.0" : null);
            results.ratio(
                    what, outcome.perSecond(), "/s", "JDBC, one statement per message", OptionalDouble.of(jdbc), null);
            results.point(THROUGHPUT, "XFChat, over HTTP", connections, outcome.perSecond());
            results.point(THROUGHPUT, "JDBC, one statement per message", connections, jdbc);
            pgbench.ifPresent(tps -> results.point(THROUGHPUT, "pgbench, one statement per message", connections, tps));
        }
    }

    void oneConversation(Rig rig) {
        Baselines baselines = new Baselines(rig.server());
        rig.serve(1);
        putEverywhere(rig, MANY);
        OptionalDouble pgbench = baselines.pgbench(MANY, 1);
        Outcome outcome = rig.load(MANY, due -> Rig.put(0)).closed().requireAllGood();
        double jdbc = baselines.jdbc(MANY, 1);
        String what = "PUT into one conversation, 64 connections";
        results.ratio(what, outcome.perSecond(), "/s", "pgbench, one per commit", pgbench, "≥ 8");
        results.ratio(what, outcome.perSecond(), "/s", "JDBC, one per commit", OptionalDouble.of(jdbc), null);
    }

    /** A dump's snapshot keeps every version of every row that is changed meanwhile. */
    void whileADumpRuns(Rig rig) throws SQLException {
        rig.serve(1);
        putEverywhere(rig, MANY);
        double before = putEverywhere(rig, MANY).perSecond();
        double during;
        try (Connection dump = rig.server().connect(rig.database());
                Statement statement = dump.createStatement()) {
            dump.setAutoCommit(false);
            dump.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select count(*) from conversations");
            putEverywhere(rig, MANY);
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
            putEverywhere(rig, MANY);
            double perSecond = putEverywhere(rig, MANY).perSecond();
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
