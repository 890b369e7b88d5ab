package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xfchat.faults.Cluster.Account;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Call;
import org.xfchat.testing.Person;

/** Writers at all replicas who record every call and its answer until they are stopped. */
final class Load implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern CODE = Pattern.compile("\"code\":\\s*\"(\\w+)\"");

    /**
     * A message as it is sent, each time the same.
     *
     * @param proper whether it has to be taken
     * @param version null where the client names none
     * @param parents null where the client names none
     */
    record Message(
            UUID conversation,
            UUID id,
            String content,
            boolean proper,
            Account sender,
            @Nullable String version,
            @Nullable String parents) {}

    private final Cluster cluster;
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Message> given = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private Load(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Begins.
     *
     * @param again what they send first, again
     */
    static Load start(Cluster cluster, Scene scene, int writers, long seed, List<Message> again) {
        Load load = new Load(cluster);
        Random seeds = new Random(seed);
        for (int i = 0; i < writers; i++) {
            int share = i;
            List<Message> own = again.stream()
                    .filter(message -> Math.floorMod(message.id().hashCode(), writers) == share)
                    .toList();
            Writer writer = new Writer(load, scene, i, seeds.nextLong(), own);
            Thread thread = new Thread(writer::write, "writer " + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Waits so long; whether the writers are to stop. */
    boolean isStopped(Duration pause) throws InterruptedException {
        return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    Cluster cluster() {
        return cluster;
    }

    /** Sends a message once and records what comes of it. */
    Call send(Message message, int port, Duration patience) throws InterruptedException {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("content", message.content())
                .put("message_type", "text")
                .toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + port + Person.messagePath(message.conversation(), message.id())))
                .timeout(patience)
                .header("Content-Type", "application/json")
                // So that the body names the code.
                .header("Accept", "application/problem+json")
                .header("Authorization", "Bearer " + message.sender().token())
                .PUT(BodyPublishers.ofString(body));
        String version = message.version();
        if (version != null) {
            request.header("Version", '"' + version + '"');
        }
        String parents = message.parents();
        if (parents != null) {
            request.header("Parents", '"' + parents + '"');
        }
        given.add(message);
        long begun = System.nanoTime();
        @Nullable HttpResponse<String> response = answer(request.build());
        Call call = call(message, begun, System.nanoTime(), response);
        calls.add(call);
        if (call.status() == 503 && header(response, "Retry-After") == null) {
            violations.add("message " + message.id() + " was answered with 503 and not told to come back");
        }
        if (call.answer() == Answer.STORED) {
            acknowledged.incrementAndGet();
        }
        return call;
    }

    private @Nullable HttpResponse<String> answer(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException noAnswer) {
            return null;
        }
    }

    private static Call call(Message message, long begun, long ended, @Nullable HttpResponse<String> response) {
        int status = response == null ? 0 : response.statusCode();
        Matcher code = CODE.matcher(response == null ? "" : response.body());
        Answer answer = Answer.of(status, code.find() ? code.group(1) : "");
        return new Call(
                message.conversation().toString(),
                message.id().toString(),
                message.content(),
                message.proper(),
                begun,
                ended,
                status,
                answer,
                answer == Answer.STORED ? header(response, "Version") : null,
                answer == Answer.STORED ? header(response, "Current-Version") : null);
    }

    private static @Nullable String header(@Nullable HttpResponse<String> response, String name) {
        return response == null
                ? null
                : response.headers()
                        .firstValue(name)
                        .map(value -> value.replace("\"", ""))
                        .orElse(null);
    }

    /** How many calls were acknowledged so far. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Waits until so many more are acknowledged; whether they were in that time. */
    boolean awaitMore(int count, Duration limit) throws InterruptedException {
        int target = acknowledged() + count;
        long end = System.nanoTime() + limit.toNanos();
        while (acknowledged() < target && System.nanoTime() < end) {
            if (isStopped(Duration.ofMillis(20))) {
                return false;
            }
        }
        return acknowledged() >= target;
    }

    /**
     * Lets everybody end what they are at, and waits until whatever is on its way has arrived: one more message to each conversation
     * at each replica, which are behind everything else there.
     */
    void stop(Scene scene) throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join(LIMIT.toMillis());
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " does not end");
            }
        }
        for (Replica replica : cluster.replicas()) {
            for (UUID conversation : scene.conversations()) {
                Message last = new Message(
                        conversation,
                        UUID.randomUUID(),
                        "the last one at " + replica,
                        true,
                        scene.members().get(0),
                        null,
                        null);
                await(replica + " takes messages")
                        .atMost(LIMIT)
                        .until(() -> send(last, replica.port(), PATIENCE).answer() == Answer.STORED);
            }
        }
    }

    /** What is wrong with answers, whatever they say. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Every call so far. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Every message so far, as often as it was sent. */
    List<Message> messages() {
        return List.copyOf(given);
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}
