package org.xfchat.signal;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.xfchat.background.WorkerLoop;
import org.xfchat.failure.Failures;

/**
 * What replicas tell each other. A payload on the channel is a topic's name, a space and a text; PostgreSQL takes less than
 * 8,000 bytes. Equal texts of one topic that are said together may be heard once.
 */
@Singleton
public class Signals {
    /** Of a text, in bytes of UTF-8. */
    public static final int MAX_TEXT = 7_800;

    static final String CHANNEL = "xfchat";

    private static final Pattern NAME = Pattern.compile("[a-z]{1,30}");
    /** Of what takes milliseconds as long as nobody is in anybody's way. */
    static final Duration[] DELAY_BUCKETS = LongStream.of(1, 5, 10, 20, 50, 100, 250, 1000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    /**
     * How often it is made sure that nothing goes unheard.
     *
     * @param pollEvery how often what signals would have said is looked up: one index probe for each conversation that is
     *     followed, and the longest that a message can be late
     * @param pingEvery how often the listener proves that it hears
     * @param pingTimeout how long that may take, as may every answer of the server to the listener: a server that is only slow
     *     is not given up, and what it does not say meanwhile the poll finds
     */
    record Rhythm(Duration pollEvery, Duration pingEvery, Duration pingTimeout) {
        static final Rhythm STANDARD = new Rhythm(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(5));
    }

    /** Something that can be said. */
    public interface Topic {
        /** Something is to be said: cheap, from any thread, never blocks. */
        void changed();
    }

    private final UUID replica = UUID.randomUUID();
    private final List<CoalescedTopic> topics = new CopyOnWriteArrayList<>();
    private final boolean listens;
    private final MeterRegistry metrics;
    private final Failures failures;
    private final Listener listener;
    private final Notifier notifier;
    private final Poll poll;
    private final long silenceNanos;

    /** When another replica was heard; before anything was, when this process began. */
    private volatile long peerNanos = System.nanoTime();

    @Inject
    Signals(SignalConfig config, Config settings, DataSource pool, MeterRegistry metrics) {
        this(config.listen(), Rhythm.STANDARD, settings, pool, metrics);
    }

    Signals(boolean listens, Rhythm rhythm, Config settings, DataSource pool, MeterRegistry metrics) {
        this.listens = listens;
        this.metrics = metrics;
        this.failures = Failures.in(metrics);
        this.silenceNanos =
                rhythm.pingEvery().multipliedBy(2).plus(rhythm.pingTimeout()).toNanos();
        this.poll = new Poll(rhythm.pollEvery(), failures);
        this.notifier = new Notifier(topics, pool, !listens, metrics, failures);
        this.listener = new Listener(
                settings, rhythm, replica, this::hear, () -> poll.loop().wake(), metrics, failures);
        Gauge.builder("xfchat.signal.listening", listener, state -> state.isListening() ? 1 : 0)
                .description("1 while signals are heard, 0 while only the poll looks")
                .register(metrics);
    }

    /**
     * Adds a topic; at any time.
     *
     * @param name of lower-case letters, the same on every replica, used once
     * @param coalesce how long after the first change it is said; zero for at once
     * @param drain called on the notifier's thread; returns what is to be said since the last call, each text at most
     *     {@link #MAX_TEXT} bytes (longer ones are dropped), an empty list for nothing. What cannot be sent is lost
     * @param hear called on the listener's thread with every text of this topic, this replica's own included; must not
     *     block
     */
    public Topic topic(String name, Duration coalesce, Supplier<List<String>> drain, Consumer<String> hear) {
        if (!NAME.matcher(name).matches()
                || name.equals(Listener.PING)
                || topics.stream().anyMatch(topic -> topic.name().equals(name))) {
            throw new IllegalArgumentException("not a new topic's name: " + name);
        }
        CoalescedTopic topic = new CoalescedTopic(
                name, coalesce, drain, hear, () -> notifier.loop().wake(), metrics, failures);
        topics.add(topic);
        return topic;
    }

    /**
     * Adds somebody who looks for what signals would have said, on the poll's thread: every poll period, and at once after
     * every (re)connect of the listener. It may block on the database. That the database is away is logged once per streak, and whatever
     * else it throws as a defect.
     */
    public void onPoll(Runnable look) {
        poll.add(look);
    }

    /** Whether signals are heard at present; never in poll-only mode. */
    public boolean isListening() {
        return listener.isListening();
    }

    /**
     * Whether another replica may hear what is said: one was heard a moment ago, or nobody knows, because this one does not hear
     * either, or has not for long enough. A replica that begins to listen says so at once, and looks for what was said before.
     */
    public boolean mayBeHeard() {
        long now = System.nanoTime();
        return !listener.hasListenedFor(silenceNanos) || now - peerNanos < silenceNanos;
    }

    /** A random id of this process. */
    public UUID replica() {
        return replica;
    }

    /** Begins to listen, to say and to poll; the second time nothing. */
    public void start() {
        poll.loop().start();
        notifier.loop().start();
        if (listens) {
            listener.loop().start();
        }
    }

    /** Says what is left to be said, and ends for good; the second time nothing. */
    @PreDestroy
    public void stop() {
        listener.loop().stop();
        listener.disconnect();
        notifier.loop().stop();
        poll.loop().stop();
        for (WorkerLoop loop : List.of(listener.loop(), notifier.loop(), poll.loop())) {
            loop.awaitEnd(LONGEST_STOP);
        }
    }

    private void hear(String payload) {
        int space = payload.indexOf(' ');
        for (CoalescedTopic topic : topics) {
            if (space == topic.name().length() && payload.startsWith(topic.name())) {
                topic.hear(payload.substring(space + 1));
                return;
            }
        }
        // Else it is a topic that only a newer replica knows.
        if (payload.startsWith(Listener.PING)) {
            peerNanos = System.nanoTime();
        }
    }
}
