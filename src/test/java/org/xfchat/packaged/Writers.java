package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.xfchat.testing.Person;
import org.xfchat.testing.Service;

/**
 * Well-behaved writers to one conversation. Who is told to come back, or nothing, sends the same message under the same id
 * again, to the next replica, until it is acknowledged or the writers are stopped.
 */
final class Writers implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Bounds a run that nobody stops. */
    private static final int MAX_EACH = 2_000;

    private final List<Service> replicas;
    private final List<Client.Account> accounts;
    private final UUID conversation;
    private final int each;
    private final Duration pace;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private Writers(
            List<Service> replicas,
            List<Client.Account> accounts,
            UUID conversation,
            int writers,
            int each,
            Duration pace) {
        this.replicas = replicas;
        this.accounts = accounts;
        this.conversation = conversation;
        this.each = each;
        this.pace = pace;
        for (int i = 0; i < writers; i++) {
            int writer = i;
            Thread thread = new Thread(() -> write(writer), "writer " + writer);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Writers who send so many messages each, as fast as they are acknowledged, spread over the replicas. */
    static Writers storm(
            List<Service> replicas, List<Client.Account> accounts, UUID conversation, int writers, int each) {
        return new Writers(replicas, accounts, conversation, writers, each, Duration.ZERO);
    }

    /** A few writers who send, with a moment between, until they are stopped. */
    static Writers steady(List<Service> replicas, List<Client.Account> accounts, UUID conversation) {
        return new Writers(replicas, accounts, conversation, 4, MAX_EACH, Duration.ofMillis(10));
    }

    private void write(int writer) {
        try {
            int replica = writer;
            for (int i = 0; i < each && !isStopped(pace); i++) {
                UUID message = UUID.randomUUID();
                attempted.add(message.toString());
                // What ends lines, escapes and frames, in every message.
                String content = "\u00fc\uD83D\uDE00 \u2028\"\\\r\n\ndata: {}\n" + writer + "." + i;
                while (!isAcknowledged(replica, writer, message, content)) {
                    replica++;
                    if (isStopped(PAUSE)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopped(Duration pause) throws InterruptedException {
        return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private boolean isAcknowledged(int replica, int writer, UUID message, String content) throws InterruptedException {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("content", content)
                .put("message_type", "text")
                .toString();
        HttpRequest request = HttpRequest.newBuilder(
                        replicas.get(replica % replicas.size()).uri(Person.messagePath(conversation, message)))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header(
                        "Authorization",
                        "Bearer " + accounts.get(writer % accounts.size()).token())
                .PUT(BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                acknowledged.add(message.toString());
                return true;
            }
            if (answer.statusCode() != 503) {
                refusals.add(answer.statusCode() + " " + answer.body());
            }
            return false;
        } catch (IOException noAnswer) {
            return false;
        }
    }

    /** Waits until all have sent what they had to; fails the test when one was refused. */
    Writers awaitDone(Duration limit) {
        await("all is sent")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> threads.stream().noneMatch(Thread::isAlive));
        assertThat(refusals).isEmpty();
        return this;
    }

    /** Waits until so many more messages are acknowledged. */
    void awaitMore(int count, Duration limit) {
        int before = acknowledged.size();
        await(count + " more acknowledged")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> acknowledged.size() >= before + count);
    }

    /** Lets each one end what it is at; fails the test when one was refused. */
    Writers stopAndCheck() {
        stop.countDown();
        return awaitDone(TIMEOUT.plusSeconds(5));
    }

    /** Fails the test unless everything that was acknowledged is stored once, and nothing that was not sent. */
    void checkStored(List<String> stored) {
        assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
        assertThat(attempted).containsAll(stored);
    }

    /** The ids of what was acknowledged so far. */
    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}
