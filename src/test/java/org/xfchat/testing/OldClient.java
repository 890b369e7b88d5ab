package org.xfchat.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.HttpStream.Request;

/**
 * The old desktop client with one conversation open (contract 2.1 and 2.5): one stream that it reads in its own way, and a queue
 * of texts that it sends one after the other.
 *
 * <p>It knows neither versions nor positions: every connection shows the newest messages again.
 */
public final class OldClient extends Subscriber {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int LONGEST_PAUSE = 30;

    /** A text that was sent: under which id it was taken in the end, and the version that the answer named. */
    public record Sent(String text, UUID id, String version) {}

    private final OldClientReader reader = new OldClientReader();
    private final IntSupplier port;
    private final Map<String, String> sendHeaders;
    private final UUID conversation;
    private final Duration second;
    private final Deque<String> queue = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Sent> sent = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<UUID> refused = new ConcurrentLinkedQueue<>();
    private final AtomicInteger brokenPieces = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    private OldClient(Subscription subscription, Duration second) {
        super(subscription);
        this.port = subscription.port();
        this.conversation = subscription.conversation();
        this.second = second;
        this.sendHeaders = Map.of(
                "Accept", "*/*",
                "Authorization", "Bearer " + subscription.token(),
                "Content-Type", "application/json");
    }

    /**
     * Opens a conversation.
     *
     * @param second how long a second of the client's pauses takes here
     */
    public static OldClient open(Subscription subscription, Duration second) {
        OldClient client = new OldClient(subscription, second);
        client.start();
        Thread sender = new Thread(client::send, "old client's queue");
        sender.setDaemon(true);
        sender.start();
        return client;
    }

    /** Puts a text at the end of the queue. */
    public void say(String text) {
        synchronized (queue) {
            queue.add(text);
            queue.notifyAll();
        }
    }

    /** What was acknowledged so far, in order. */
    public List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** The ids of requests without a good answer: whether those texts are stored under them is unknown. */
    public List<UUID> refused() {
        return List.copyOf(refused);
    }

    private void send() {
        try {
            int failures = 0;
            while (!closed.await(failures == 0 ? 0 : pause(failures).toNanos(), TimeUnit.NANOSECONDS)) {
                failures = send(head()) ? 0 : failures + 1;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String head() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty()) {
                queue.wait();
            }
            return queue.element();
        }
    }

    /** Sends the head of the queue under a new id, and takes it off when that is acknowledged. */
    private boolean send(String text) {
        UUID id = UUID.randomUUID();
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("content", text)
                .put("message_type", "text")
                .toString();
        try (HttpStream answer = HttpStream.open(
                port.getAsInt(), Request.put(Person.messagePath(conversation, id), sendHeaders, body))) {
            int status = answer.status();
            End end = answer.awaitEnd(ANSWER);
            @Nullable String version = answer.header("version").orElse(null);
            if (status / 100 != 2 || end != End.CLEAN || version == null) {
                refused.add(id);
                return false;
            }
            sent.add(new Sent(text, id, version.replaceAll(",.*", "").replace("\"", "")));
            synchronized (queue) {
                queue.remove();
            }
            return true;
        }
    }

    @Override
    Map<String, String> headers() {
        return Map.of("Subscribe", "true", "Accept", "*/*");
    }

    @Override
    boolean isStream(int status) {
        return status / 100 == 2;
    }

    /** Never: it goes on asking, whatever it is told. */
    @Override
    boolean isFinal(int status) {
        return false;
    }

    @Override
    Duration pause(int failures) {
        return second.multipliedBy(Math.min(LONGEST_PAUSE, 1L << Math.min(failures - 1, 5)));
    }

    @Override
    void reconnected() {
        reader.reconnected();
    }

    @Override
    List<JsonNode> take(HttpStream current, byte[] piece) {
        try {
            reader.feed(piece);
        } catch (OldClientReader.BrokenPieceException broken) {
            brokenPieces.incrementAndGet();
            current.close();
        }
        return reader.poll();
    }

    /** Nothing: it has its own way of stumbling over other bytes. */
    @Override
    void checkBytes(HttpStream ended) {}

    /** How often it dropped a connection because a character was torn. */
    public int brokenPieces() {
        return brokenPieces.get();
    }

    /** How many lines it took for a message and could not read. */
    public int discarded() {
        return reader.discarded();
    }

    @Override
    public void close() {
        closed.countDown();
        super.close();
    }
}
