package org.xfchat.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.xfchat.bench.HttpConnection.Request;

/** What the original plan wanted to be tried: floors, not records. */
final class PlanCases {
    private final Results results;

    PlanCases(Results results) {
        this.results = results;
    }

    /** Each writes, reads and lists in turn. */
    void hundredUsers(Rig rig) {
        rig.serve(1);
        SplittableRandom random = new SplittableRandom(1);
        Outcome outcome = rig.load(100, due -> anything(random)).closed().requireAllGood();
        results.figure("100 users who write, read and list, requests", outcome.perSecond(), "/s", "no error");
        results.figure("100 users, p99", outcome.millis(99), "ms");
    }

    private static Request anything(SplittableRandom random) {
        int conversation = random.nextInt(Dataset.CONVERSATIONS);
        return switch (random.nextInt(3)) {
            case 0 -> Rig.put(conversation);
            case 1 -> Request.get("/api/conversations?kind=group", Dataset.token(conversation));
            default ->
                Request.get(
                        "/api/conversations/" + Dataset.conversation(conversation) + "/messages",
                        Dataset.token(conversation));
        };
    }

    /** A hundred writers put a thousand messages into one conversation. */
    void thousandMessages(Rig rig) {
        rig.serve(1);
        long start = System.nanoTime();
        new Burst(rig.client(), rig.ports(), 100, 1_000, due -> Rig.put(0)).run();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<String> stored = rig.server()
                .ask(
                        rig.database(),
                        "select count(*) || ' ' || max(seq) from chat_messages where conversation_id = '"
                                + Dataset.conversation(0) + "'");
        if (!stored.equals(List.of("1000 1000"))) {
            throw new AssertionError("stored, newest: " + stored);
        }
        results.figure("100 writers, 1,000 messages into one conversation, cold", seconds, "s", "no error, no gap");
    }

    /** While somebody keeps every worker's connection waiting, requests get 503 in time; afterwards all is well at once. */
    void exhaustedPool(Rig rig) throws SQLException {
        rig.serve(1, Map.of("DATABASE_POOL_SIZE", "10", "DATABASE_ACQUIRE_TIMEOUT", "2s"));
        Request list = Request.get("/api/conversations?kind=group", Dataset.token(0));
        rig.load(8, due -> list).closed().requireAllGood();
        Outcome during;
        try (Connection holder = rig.server().connect(rig.database());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table conversation_participants in access exclusive mode");
            CompletableFuture<Outcome> reading = CompletableFuture.supplyAsync(
                    () -> rig.load(64, due -> list).closed(Duration.ofSeconds(15)));
            during = reading.join();
            holder.rollback();
        }
        if (!during.statuses().keySet().equals(Set.of(503))) {
            throw new AssertionError("answers by status: " + during.statuses());
        }
        results.figure(
                "exhausted pool, answers 503",
                (double) during.statuses().values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                "of as many",
                "every answer, none hangs");
        Outcome after = rig.load(8, due -> list).closed(Duration.ofSeconds(5)).requireAllGood();
        results.figure("right afterwards, requests", after.perSecond(), "/s", "no error");
    }
}
