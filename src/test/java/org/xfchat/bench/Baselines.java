package org.xfchat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xfchat.testing.OwnServer;

/**
 * The plain way to the same table: one statement, and one commit, per message. It counts the log in the conversation's row, checks
 * that the sender takes part, and inserts; without HTTP, tokens or delivery.
 */
final class Baselines {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");

    private static final String APPEND = """
            with head as (
                update conversations set head = head + 1
                where id = %1$s and exists (select from conversation_participants p join users u on u.id = p.user_id
                    where p.conversation_id = %1$s and p.user_id = %2$s and u.deleted_at is null)
                returning head)
            insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)
            select gen_random_uuid(), %1$s, head, %2$s, %3$s, clock_timestamp() from head
            """;

    private static final String CONTENT =
            "'Shall we meet at eight, in front of the old cinema? I have the tickets, bring an umbrella.'";

    private final OwnServer server;
    private final String database;

    /** Over a database of their own. */
    Baselines(OwnServer server) {
        this.server = server;
        this.database = server.migratedDatabase();
        Dataset.make(server, database);
        server.execute(database, "alter table conversations add column head bigint not null default 0");
    }

    /** The program that measures. */
    String name() {
        return (hasPgbench() ? "pgbench" : "JDBC") + ", one statement and commit per message";
    }

    private static boolean hasPgbench() {
        return Processes.program("pgbench").isPresent();
    }

    /** Messages per second over so many connections into as many conversations. */
    double perSecond(int connections, int conversations) {
        return hasPgbench() ? pgbench(connections, conversations) : jdbc(connections, conversations);
    }

    private double jdbc(int connections, int conversations) {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long from = System.nanoTime() + WARM_UP.toNanos();
            long to = from + Load.MEASURED.toNanos();
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int seed = i;
                counts.add(threads.submit(() -> append(new SplittableRandom(seed), conversations, from, to)));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum * 1e9 / Load.MEASURED.toNanos();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } finally {
            threads.shutdownNow();
        }
    }

    private long append(SplittableRandom random, int conversations, long from, long to) throws SQLException {
        try (Connection connection = server.connect(database);
                PreparedStatement append = connection.prepareStatement(APPEND.formatted("?", "?", CONTENT))) {
            long count = 0;
            long now = System.nanoTime();
            while (now - to < 0) {
                int number = random.nextInt(conversations);
                UUID conversation = Dataset.conversation(number);
                UUID user = Dataset.user(number);
                append.setObject(1, conversation);
                append.setObject(2, conversation);
                append.setObject(3, user);
                append.setObject(4, conversation);
                append.setObject(5, user);
                append.executeUpdate();
                now = System.nanoTime();
                if (now - from >= 0 && now - to < 0) {
                    count++;
                }
            }
            return count;
        }
    }

    private double pgbench(int connections, int conversations) {
        try {
            Path script = Files.createTempFile("append", ".sql");
            Files.writeString(
                    script,
                    "\\set c random(0, " + (conversations - 1) + ")\n"
                            + APPEND.formatted(Dataset.conversationSql(":c"), Dataset.userSql(":c"), CONTENT)
                                    .replace("\n", " ")
                            + ";\n");
            String output = Processes.run(
                    "pgbench",
                    "--no-vacuum",
                    "--protocol=prepared",
                    "--client=" + connections,
                    "--jobs=" + Math.min(connections, 2),
                    "--time=" + WARM_UP.plus(Load.MEASURED).toSeconds(),
                    "--file=" + script,
                    "--host=127.0.0.1",
                    "--port=" + server.port(),
                    "--username=postgres",
                    database);
            Files.delete(script);
            Matcher tps = TPS.matcher(output);
            if (!tps.find()) {
                throw new IllegalStateException(output);
            }
            return Double.parseDouble(tps.group(1));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
