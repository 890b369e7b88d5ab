package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.xfchat.testing.OwnServer;

/** A few writers that send new messages into one conversation until they are stopped, and remember every answer. */
final class Traffic implements AutoCloseable {
    /** Bounds a run that nobody stops. */
    private static final int MAX_MESSAGES = 20_000;

    private static final Duration MAX_TIME = Duration.ofMinutes(2);

    /** What a writer was told, or that it was told nothing. */
    record Answer(UUID message, int status, boolean retryAfter, Duration took, long atNanos) {}

    private final Client client;
    private final Client.Account account;
    private final UUID conversation;
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> unanswered = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads;
    private final List<Future<?>> writers = new ArrayList<>();
    private final long start = System.nanoTime();
    private volatile boolean stopped;

    Traffic(Client client, Client.Account account, UUID conversation, int writers) {
        this.client = client;
        this.account = account;
        this.conversation = conversation;
        this.threads = Executors.newFixedThreadPool(writers);
        for (int i = 0; i < writers; i++) {
            this.writers.add(threads.submit(this::write));
        }
    }

    private void write() {
        while (!stopped && answers.size() < MAX_MESSAGES && System.nanoTime() - start < MAX_TIME.toNanos()) {
            UUID message = UUID.randomUUID();
            long asked = System.nanoTime();
            try {
                HttpResponse<String> answer = client.put(account, conversation, message);
                long now = System.nanoTime();
                answers.add(new Answer(
                        message,
                        answer.statusCode(),
                        answer.headers().firstValue("Retry-After").isPresent(),
                        Duration.ofNanos(now - asked),
                        now));
            } catch (AssertionError noAnswer) {
                unanswered.add(noAnswer);
            }
        }
    }

    /** Waits until one more message is acknowledged. */
    void awaitAcknowledgement(Duration limit) {
        awaitAnswer(limit, 200);
    }

    /** Waits until one more message is answered with this status. */
    void awaitAnswer(Duration limit, int status) {
        long from = System.nanoTime();
        await("an answer " + status)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answers.stream().anyMatch(answer -> answer.status() == status && answer.atNanos() > from));
    }

    /** Stops the writers; fails the test unless every answer came in time and was 200, or 503 with {@code Retry-After}. */
    void stopAndCheckAnswers(Duration limit) {
        close();
        assertThat(unanswered).as("requests without an answer").isEmpty();
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isIn(200, 503);
            assertThat(answer.status() == 200 || answer.retryAfter())
                    .as("503 has Retry-After")
                    .isTrue();
            assertThat(answer.took()).isLessThan(limit);
        });
    }

    /** Fails the test unless what was acknowledged is stored, each once, and the log has no gap. */
    void checkStored(OwnServer server, String database) {
        List<String> stored = server.ask(
                database, "select id from chat_messages where conversation_id = '" + conversation + "' order by seq");
        assertThat(new HashSet<>(stored)).hasSameSizeAs(stored);
        assertThat(stored)
                .containsAll(answers.stream()
                        .filter(answer -> answer.status() == 200)
                        .map(answer -> answer.message().toString())
                        .toList());
        assertThat(server.ask(
                        database,
                        "select max(seq) - count(*) from chat_messages where conversation_id = '" + conversation + "'"))
                .containsExactly("0");
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdown();
        try {
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS))
                    .as("the writers end")
                    .isTrue();
            for (Future<?> writer : writers) {
                writer.get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }
}
