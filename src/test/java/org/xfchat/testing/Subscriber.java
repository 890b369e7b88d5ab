package org.xfchat.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.HttpStream.Request;

/**
 * Somebody who follows a conversation, connects again after every connection that ended before it was complete, and remembers every
 * message in the order in which it came.
 *
 * <p>It stops for good when it is closed, when it is refused for good, when its stream ends as if it were complete, and when what
 * comes is wrong.
 */
public abstract class Subscriber implements AutoCloseable {
    private final Subscription subscription;
    private final List<JsonNode> messages = new ArrayList<>();
    private final List<Integer> sessions = new ArrayList<>();
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();
    private final List<End> ends = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable HttpStream stream;
    private volatile @Nullable AssertionError wrong;

    Subscriber(Subscription subscription) {
        this.subscription = subscription;
    }

    /** Header fields of the next request beside the token. */
    abstract Map<String, String> headers();

    /** Whether an answer with this status is a stream. */
    abstract boolean isStream(int status);

    /** Whether to give up after an answer with this status. */
    abstract boolean isFinal(int status);

    /** How long to wait before the next connection after so many failures in a row. */
    abstract Duration pause(int failures);

    /** A new connection begins. */
    abstract void reconnected();

    /** Takes a piece of a stream; the messages that became complete with it. */
    abstract List<JsonNode> take(HttpStream current, byte[] piece);

    /** Fails the test when a stream has bytes that it must not have. */
    void checkBytes(HttpStream ended) {
        ended.checkSevenBit();
    }

    final void start() {
        Thread thread = new Thread(this::run, "subscriber to " + subscription.conversation());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            int failures = 0;
            while (!closed.await(failures == 0 ? 0 : pause(failures).toNanos(), TimeUnit.NANOSECONDS)) {
                reconnected();
                synchronized (messages) {
                    sessions.add(messages.size());
                }
                HttpStream current = HttpStream.open(
                        subscription.port().getAsInt(),
                        request(subscription.cutAfter().getAsLong()),
                        this::takeStream);
                stream = current;
                if (closed.getCount() == 0) {
                    current.close();
                }
                int status = current.status();
                statuses.add(status);
                failures = isStream(status) ? 1 : failures + 1;
                End end = current.awaitEnd(Duration.ofHours(1));
                ends.add(end);
                current.check();
                if (isStream(status)) {
                    checkBytes(current);
                }
                if (isFinal(status) || (isStream(status) && end == End.CLEAN)) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (AssertionError failed) {
            wrong = failed;
        } finally {
            stopped.countDown();
        }
    }

    private Request request(long cutAfter) {
        Map<String, String> headers = new TreeMap<>(subscription.headers());
        headers.putAll(headers());
        headers.put("Authorization", "Bearer " + subscription.token());
        return Request.get(Person.logPath(subscription.conversation()) + subscription.query(), headers)
                .cutAfter(cutAfter)
                .unrecorded();
    }

    private void takeStream(HttpStream current, byte[] piece) {
        if (!isStream(current.status())) {
            return;
        }
        List<JsonNode> complete = take(current, piece);
        synchronized (messages) {
            complete.stream().map(subscription.keep()).forEach(messages::add);
        }
    }

    /** A copy of the messages so far, oldest first, each as often as it came. */
    public List<JsonNode> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    /** The ids of {@link #messages}. */
    public List<String> ids() {
        return messages().stream().map(message -> message.path("id").asText()).toList();
    }

    /** The same, by the connection over which they came. */
    public List<List<String>> sessions() {
        return connections().stream()
                .map(some -> some.stream()
                        .map(message -> message.path("id").asText())
                        .toList())
                .toList();
    }

    /** {@link #messages} by the connection over which they came. */
    public List<List<JsonNode>> connections() {
        List<List<JsonNode>> byConnection = new ArrayList<>();
        synchronized (messages) {
            List<JsonNode> all = messages();
            for (int i = 0; i < sessions.size(); i++) {
                int to = i + 1 < sessions.size() ? sessions.get(i + 1) : all.size();
                byConnection.add(all.subList(sessions.get(i), to));
            }
        }
        return byConnection;
    }

    /** Whether the newest message so far has this id. */
    public boolean hasSeenLast(String id) {
        synchronized (messages) {
            return !messages.isEmpty()
                    && messages.get(messages.size() - 1).path("id").asText().equals(id);
        }
    }

    public int size() {
        synchronized (messages) {
            return messages.size();
        }
    }

    /** Waits until so many messages have come; fails the test when it stopped before or takes longer. */
    public void awaitSize(int count, Duration limit) {
        await(count + " messages at " + this)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> size() >= count || stopped.getCount() == 0);
        check();
        assertThat(size()).as("messages at %s", this).isGreaterThanOrEqualTo(count);
    }

    /** Waits until it has been answered, with whatever status, for the {@code count}th time. */
    public void awaitAnswers(int count, Duration limit) {
        await("answer " + count + " to " + this)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> statuses.size() >= count);
    }

    /** Waits until it is connected to a stream that goes on. */
    public Subscriber awaitConnected(Duration limit) {
        await(this + " is connected")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> stopped.getCount() == 0
                        || (statuses.size() > ends.size() && isStream(statuses.get(statuses.size() - 1))));
        check();
        assertThat(stopped.getCount()).as("%s is connected", this).isNotZero();
        return this;
    }

    /** Waits until it has stopped for good. */
    public void awaitStopped(Duration limit) {
        await(this + " stops").atMost(limit).until(() -> stopped.getCount() == 0);
        check();
    }

    /** Fails the test when something that came was wrong. */
    public void check() {
        AssertionError reason = wrong;
        if (reason != null) {
            throw new AssertionError(this + " got something wrong", reason);
        }
    }

    /** Status of each answer so far; 0 where there was none. */
    public List<Integer> statuses() {
        return List.copyOf(statuses);
    }

    /** How each connection so far ended; one fewer than {@link #statuses} while it is connected. */
    public List<End> ends() {
        return List.copyOf(ends);
    }

    /** The current or latest connection, to be cut, paused or looked at. */
    public HttpStream stream() {
        HttpStream current = stream;
        if (current == null) {
            throw new AssertionError(this + " has not connected yet");
        }
        return current;
    }

    @Override
    public void close() {
        closed.countDown();
        HttpStream current = stream;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + statuses + ends + " with " + size() + " messages";
    }
}
