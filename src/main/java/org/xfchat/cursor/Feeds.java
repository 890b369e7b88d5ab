package org.xfchat.cursor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.xfchat.error.ApiException;
import org.xfchat.failure.Failures;
import org.xfchat.log.Committed;
import org.xfchat.log.Entry;
import org.xfchat.signal.Signals;

/** The conversations that are followed on this replica, and what is heard about them. */
@Singleton
public class Feeds {
    private static final Logger LOG = Logger.getLogger(Feeds.class);
    private static final String TOPIC = "log";

    /** The longest text of one conversation in a signal: two numbers and what separates them. */
    private static final int LONGEST_NEWS = 36 + 1 + 19 + 1;

    /** So that an ordinary entry finds room in its tail, however many conversations are followed. */
    private static final long SMALLEST_TAIL = 8 << 10;

    /** Some thousand ordinary entries: whoever is further behind reads pages. */
    private static final long LARGEST_TAIL = 1 << 20;

    private final CatchUp catchUp;
    private final long mostOfTails;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final Failures failures;
    private final Signals signals;
    private final Signals.Topic topic;
    private final Counter missed;
    private final Timer lag;
    private final Map<UUID, Feed> feeds = new ConcurrentHashMap<>();
    private final AtomicLong tails = new AtomicLong();

    /** As the last poll found it; before 0 until there was one. */
    private volatile int epoch = -1;

    /** Of one tail, as the last poll found it. */
    private volatile long limit = LARGEST_TAIL;

    private Map<UUID, Long> unsaid = new HashMap<>();

    Feeds(
            CatchUp catchUp,
            CursorConfig config,
            Signals signals,
            MeterRegistry metrics,
            Clock clock,
            Failures failures) {
        this.failures = failures;
        this.clock = clock;
        this.catchUp = catchUp;
        this.mostOfTails = config.tails().asLongValue();
        this.metrics = metrics;
        this.missed = Counter.builder("xfchat.cursor.missed")
                .description("growth that the poll found before any commit here or signal told of it")
                .register(metrics);
        this.lag = Timer.builder("xfchat.delivery.lag")
                .description("from an entry's time to its being handed to this replica's subscribers")
                .serviceLevelObjectives(CatchUp.LAG_BUCKETS)
                .register(metrics);
        Gauge.builder("xfchat.cursor.tails", tails, AtomicLong::get)
                .description("What the newest entries of followed conversations take in memory, roughly")
                .baseUnit("bytes")
                .register(metrics);
        Gauge.builder("xfchat.cursor.feeds", feeds, Map::size)
                .description("conversations that are followed here")
                .register(metrics);
        this.signals = signals;
        this.topic = signals.topic(TOPIC, Duration.ZERO, this::news, this::hear);
        signals.onPoll(this::poll);
    }

    /**
     * The feed of a conversation, which from now on hears everything. Open it before reading the log for the first time, and
     * release it once.
     */
    public Feed open(UUID conversation) {
        return feeds.compute(
                conversation, (id, feed) -> (feed == null ? new Feed(id, this, limit, epoch) : feed).use());
    }

    void close(Feed feed) {
        // Not known any more after its log went back in time.
        feeds.computeIfPresent(feed.conversation(), (id, known) -> {
            if (known == feed && known.unuse()) {
                known.retire();
                return null;
            }
            return known;
        });
    }

    /** Counts what a tail takes now beside what it took; false, and nothing is counted, where all of them would take too much. */
    boolean resizeTails(long more) {
        return resizeTails(more, mostOfTails);
    }

    /** The same of what is old, which leaves half of the room to what is new. */
    boolean leadTails(long more) {
        return resizeTails(more, mostOfTails / 2);
    }

    private boolean resizeTails(long more, long most) {
        while (true) {
            long before = tails.get();
            if (more > 0 && before + more > most) {
                return false;
            }
            if (tails.compareAndSet(before, before + more)) {
                return true;
            }
        }
    }

    /** Answers a question on one of the few threads that followers have for what is new; it may ask the database. */
    public <T> CompletableFuture<T> read(Supplier<T> query) {
        return catchUp.read(query);
    }

    /** Something failed that must not end anybody's stream. */
    void survived(String where, Throwable failure) {
        failures.survived(where, failure);
    }

    CatchUp catchUp() {
        return catchUp;
    }

    Counter delivered(Format format) {
        return metrics.counter("xfchat.cursor.delivered", "format", format.name());
    }

    /** This replica has committed: its own followers first, then the other replicas. */
    void committed(@Observes Committed committed) {
        try {
            Feed feed = feeds.get(committed.conversation());
            if (feed != null) {
                feed.grown(committed.entries(), committed.head());
                measure(committed.entries());
            }
        } catch (Throwable bug) {
            // The other replicas, if any, are told all the same, and here the poll makes it good.
            survived("observer", bug);
        }
        if (signals.mayBeHeard()) {
            synchronized (this) {
                unsaid.merge(committed.conversation(), committed.head(), Math::max);
            }
            topic.changed();
        }
    }

    private void measure(List<Entry> entries) {
        if (!entries.isEmpty()) {
            lag.record(Duration.between(entries.get(0).createdAt(), clock.instant()));
        }
    }

    /** {@code <conversation>:<newest position>} with commas between. */
    private List<String> news() {
        Map<UUID, Long> changed;
        synchronized (this) {
            changed = unsaid;
            unsaid = new HashMap<>();
        }
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Map.Entry<UUID, Long> one : changed.entrySet()) {
            if (text.length() + LONGEST_NEWS > Signals.MAX_TEXT) {
                texts.add(text.toString());
                text.setLength(0);
            }
            text.append(text.isEmpty() ? "" : ",")
                    .append(one.getKey())
                    .append(':')
                    .append(one.getValue());
        }
        if (!text.isEmpty()) {
            texts.add(text.toString());
        }
        return texts;
    }

    private void hear(String text) {
        for (String one : text.split(",", -1)) {
            int colon = one.indexOf(':');
            Feed feed = feeds.get(UUID.fromString(one.substring(0, colon)));
            if (feed != null) {
                feed.heard(Long.parseLong(one.substring(colon + 1)));
            }
        }
    }

    /** Reads for everybody what follows the end of the feed's tail. */
    void fill(Feed feed) {
        Tail tail = feed.tail();
        if (tail == null) {
            feed.filled(List.of());
            return;
        }
        catchUp.fill(feed.conversation(), tail.last(), page -> {
            List<Entry> entries = page == null ? List.of() : page;
            feed.filled(entries);
            measure(entries);
        });
    }

    /** Finds what nobody said, and lets everybody look who could not read when told. */
    private void poll() {
        if (feeds.isEmpty()) {
            // Who opens one soon must notice a restore even where its log has grown as long again by the next poll.
            epoch = catchUp.epoch();
            return;
        }
        List<Feed> followed = List.copyOf(feeds.values());
        Map<UUID, Long> known = new HashMap<>();
        followed.forEach(feed -> known.put(feed.conversation(), feed.head()));
        CatchUp.Heads found;
        try {
            found = catchUp.heads(known.keySet());
        } catch (ApiException away) {
            // It may come back from a backup, without what is here.
            followed.forEach(Feed::forget);
            throw away;
        }
        epoch = found.epoch();
        long size = 0;
        limit = Math.min(LARGEST_TAIL, Math.max(SMALLEST_TAIL, mostOfTails / followed.size()));
        for (Feed feed : followed) {
            try {
                size += look(feed, known.getOrDefault(feed.conversation(), 0L), found, limit);
            } catch (Throwable bug) {
                survived("poll", bug);
            }
        }
        LOG.tracef("%d feeds polled, tails of %d bytes", followed.size(), size);
        catchUp.strangers(followed.stream()
                        .flatMap(feed -> feed.followers().stream())
                        .toList())
                .forEach(follower -> follower.abort("removed"));
    }

    /** What its tail takes now, in bytes. */
    private long look(Feed feed, long known, CatchUp.Heads found, long limit) {
        long head = found.seqs().getOrDefault(feed.conversation(), 0L);
        if (feed.isRewound(known, head, found.epoch())) {
            LOG.warnf("conversation %s went back in time, its streams are cut", feed.conversation());
            // First, so that who comes back finds another feed, without what was lost.
            feeds.remove(feed.conversation(), feed);
            feed.abandon();
            return 0;
        }
        if (feed.heard(head)) {
            missed.increment();
        }
        long size = feed.sweep(limit);
        feed.wake();
        return size;
    }
}
