package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;

/**
 * Two people who have nothing to do with an attack: one of them talks all the time, the other follows with streams of both forms,
 * and both are served as if nothing were.
 */
final class Strangers implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Within what everybody may send with the limits that are shipped. */
    private static final Duration BETWEEN = Duration.ofMillis(100);

    /**
     * Until a message is stored, on a machine that has nothing else to do. What this one takes meanwhile is measured beside: how
     * much longer than it should for some work of its processor, and how long for a statement at a new connection to the database.
     */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private static final Duration WORK = Duration.ofMillis(5);
    private static final int STATEMENTS = 10;

    private final Replicas replicas;
    private final Service service;
    private final Client client;
    private final Client.Account talker;
    private final Client.Account follower;
    private final UUID conversation;
    private final List<HttpStream> streams = new ArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Long> taken = new CopyOnWriteArrayList<>();
    private final List<Long> takenByWork = new CopyOnWriteArrayList<>();
    private final List<Long> takenByStatement = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    private Strangers(Replicas replicas, Client.Account talker, Client.Account follower, UUID conversation) {
        this.replicas = replicas;
        this.service = replicas.get(0);
        this.client = new Client(service);
        this.talker = talker;
        this.follower = follower;
        this.conversation = conversation;
    }

    /** They sign up and begin to talk. */
    static Strangers meet(Replicas replicas) {
        List<Client.Account> accounts = replicas.signUp(2);
        return new Strangers(replicas, accounts.get(0), accounts.get(1), replicas.conversationOf(accounts)).begin();
    }

    /** The same two, when they have left, once more. */
    Strangers again() {
        return new Strangers(replicas, talker, follower, conversation).begin();
    }

    UUID conversation() {
        return conversation;
    }

    Client.Account talker() {
        return talker;
    }

    private Strangers begin() {
        for (Map<String, String> form : List.of(Map.of("Accept", "text/event-stream"), Map.of("Subscribe", "true"))) {
            streams.add(stream(form));
        }
        thread.execute(this::talk);
        return this;
    }

    private HttpStream stream(Map<String, String> form) {
        Map<String, String> headers = new HashMap<>(form);
        headers.put("Authorization", "Bearer " + follower.token());
        HttpStream stream = HttpStream.open(service.port(), Request.get(Person.logPath(conversation), headers));
        assertThat(stream.status()).as("%s", form).isIn(200, 209);
        return stream;
    }

    private void talk() {
        while (!over) {
            long begin = System.nanoTime();
            work();
            long worked = System.nanoTime();
            takenByWork.add(worked - begin);
            replicas.server().ask(replicas.database(), "select 1");
            long asked = System.nanoTime();
            takenByStatement.add(asked - worked);
            try {
                HttpResponse<String> answer = client.put(talker, conversation, UUID.randomUUID());
                if (answer.statusCode() != 200) {
                    refused.add(answer.statusCode() + " " + answer.body());
                }
            } catch (AssertionError noAnswer) {
                refused.add(noAnswer.toString());
            }
            taken.add(System.nanoTime() - asked);
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private static void work() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + WORK.toNanos();
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Fails the test unless what is said now reaches open streams and a new one, and the service says that it is ready. */
    void areServed() {
        UUID said = UUID.randomUUID();
        assertThat(client.put(talker, conversation, said).statusCode()).isEqualTo(200);
        for (HttpStream stream : streams) {
            await("what was said reached the open stream of "
                            + stream.header("content-type").orElse(""))
                    .atMost(SOON)
                    .failFast("the stream was cut", () -> stream.end().isPresent())
                    .until(() -> stream.text().contains(said.toString()));
        }
        try (HttpStream fresh = stream(Map.of("Accept", "text/event-stream"))) {
            await("a new stream").atMost(SOON).until(() -> fresh.text().contains(said.toString()));
        }
        HttpResponse<String> ready = client.get("/q/health/ready");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    }

    private static Duration p99(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : Duration.ofNanos(sorted.get((int) (0.99 * (sorted.size() - 1))));
    }

    /** They leave; fails the test unless each message was stored, ninety-nine of a hundred in time. */
    void leave() {
        close();
        Duration work = Duration.ofNanos(
                (long) takenByWork.stream().mapToLong(Long::longValue).average().orElse((double) WORK.toNanos()));
        Duration statement = p99(takenByStatement);
        Duration most = work.multipliedBy(LONGEST.dividedBy(WORK)).plus(statement.multipliedBy(STATEMENTS));
        System.out.printf(
                "%d messages beside an attack: p99 %d ms of %d ms (work %d ms, statement %d ms)%n",
                taken.size(), p99(taken).toMillis(), most.toMillis(), work.toMillis(), statement.toMillis());
        assertThat(refused).isEmpty();
        assertThat(p99(taken)).as("p99 of %d messages", taken.size()).isLessThan(most);
    }

    @Override
    public void close() {
        over = true;
        thread.shutdown();
        streams.forEach(HttpStream::close);
        try {
            assertThat(thread.awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS))
                    .as("nobody hangs")
                    .isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
