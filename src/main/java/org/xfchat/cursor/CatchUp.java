package org.xfchat.cursor;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.background.Threads;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.failure.Failures;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;
import org.xfchat.participant.Conversations;
import org.xfchat.participant.Conversations.Reader;
import org.xfchat.stream.Streams;

/**
 * What followers ask of the database: by a few threads, so that a storm of reconnects leaves connections for others, and by two
 * kinds of them, so that what is new does not wait behind what is old. Each makes one page at a time.
 */
@Singleton
class CatchUp {
    private static final Logger LOG = Logger.getLogger(CatchUp.class);

    /** Who are behind read with so many connections at a time: few beside the pool's, so that sending and asking go on. */
    private static final int READERS = 4;

    /** What is new on other replicas is read with so many more, whatever those do. */
    private static final int LIVE_READERS = 2;

    /** What is read at once: 200 messages of ordinary length, or one at least, so that a page is a small thing of the memory's. */
    private static final int PAGE_ENTRIES = 200;

    private static final long PAGE_BYTES = 128 << 10;

    /** Of what takes milliseconds as long as nobody is in anybody's way. */
    static final Duration[] LAG_BUCKETS = LongStream.of(5, 10, 20, 50, 100, 250, 500, 1000, 5000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Transactions transactions;
    private final Log log;
    private final Conversations conversations;
    private final Timer reads;
    private final Failures failures;

    /** Of cursors that are behind, and of entries that everybody waits for: who is late must not make the others late. */
    private final ThreadPoolExecutor readers;

    private final ThreadPoolExecutor live;
    private final Fills fills;
    private final Timer queued;
    private final Map<Page, List<Waiting>> asked = new ConcurrentHashMap<>();
    private long recheckDue = System.nanoTime();

    CatchUp(Transactions transactions, Log log, Conversations conversations, MeterRegistry metrics, Failures failures) {
        this.transactions = transactions;
        this.log = log;
        this.conversations = conversations;
        this.failures = failures;
        this.reads = Timer.builder("xfchat.cursor.reads")
                .description("pages read for cursors that were behind what is in memory")
                .register(metrics);
        this.readers = Threads.pool("catch-up", READERS, new LinkedBlockingQueue<>());
        this.live = Threads.pool("live", LIVE_READERS, new LinkedBlockingQueue<>());
        this.queued = queued("catch-up", metrics);
        this.fills = new Fills(live, this::read, queued("live", metrics), failures);
        metrics.gauge("xfchat.cursor.waiting", readers, pool -> pool.getQueue().size());
    }

    private static Timer queued(String readers, MeterRegistry metrics) {
        return Timer.builder("xfchat.cursor.queued")
                .description("how long a reading waits for a reader")
                .tag("readers", readers)
                .serviceLevelObjectives(LAG_BUCKETS)
                .register(metrics);
    }

    /** What follows a position, in a form. */
    record Page(UUID conversation, long after, long upTo, Format format) {}

    /** Who gets what was asked for, on a reader's thread. */
    interface Asker {
        /**
         * Called once.
         *
         * @param run null when there is nothing, or the database is away, or there is no memory
         * @param missing how many bytes of memory there are not; 0 otherwise
         */
        void take(@Nullable Run run, long missing);
    }

    private record Waiting(Feed feed, Reservation memory, Asker asker) {}

    /**
     * A page, encoded. Who asks for the same while it waits to be read gets the same: after a restart many come back to one
     * position.
     *
     * @param feed of who asks
     * @param memory of who asks: as large as the page when it is handed over
     */
    void read(Page page, Feed feed, Reservation memory, Asker asker) {
        asked.compute(page, (same, waiting) -> {
            if (waiting != null) {
                waiting.add(new Waiting(feed, memory, asker));
                return waiting;
            }
            long since = System.nanoTime();
            readers.execute(() -> {
                queued.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
                answer(page);
            });
            return new ArrayList<>(List.of(new Waiting(feed, memory, asker)));
        });
    }

    /** Who asks from now on may know of entries that this reading misses. */
    private void answer(Page page) {
        List<Waiting> waiting = Objects.requireNonNull(asked.remove(page));
        Run run = null;
        long missing = 0;
        try {
            List<Feed> feeds = waiting.stream().map(Waiting::feed).distinct().toList();
            run = known(page, feeds);
            // Where nobody follows any more, nobody needs it.
            List<Entry> entries =
                    run == null && feeds.stream().anyMatch(feed -> feed.tail() != null) ? read(page) : null;
            if (entries != null && !entries.isEmpty()) {
                feeds.forEach(feed -> feed.lead(entries));
                long bytes = entries.stream().mapToLong(Entry::encodedBytes).sum();
                // One of those who wait is enough: the page is made once.
                if (waiting.stream().anyMatch(one -> one.memory().tryResize(bytes))) {
                    run = Tail.run(entries, page.format());
                } else {
                    missing = bytes;
                }
            }
        } catch (Throwable failed) {
            failures.survived("page", failed);
        }
        for (Waiting one : waiting) {
            handOver(one, run, missing);
        }
    }

    /** What was read for somebody else while these waited; null for nothing. */
    private static @Nullable Run known(Page page, List<Feed> feeds) {
        for (Feed feed : feeds) {
            Tail tail = feed.tail();
            Run run = tail == null || page.after() >= tail.last()
                    ? null
                    : tail.run(page.after(), page.upTo(), page.format(), PAGE_BYTES);
            if (run != null) {
                return run;
            }
        }
        return null;
    }

    private void handOver(Waiting to, @Nullable Run run, long missing) {
        try {
            if (run == null || to.memory().tryResize(run.bytes().length())) {
                to.asker().take(run, missing);
            } else {
                to.asker().take(null, run.bytes().length());
            }
        } catch (Throwable failed) {
            to.memory().close();
            failures.survived("page", failed);
        }
    }

    /** What follows a position, to be handed to {@code done} by a reader for live entries; null when the database is away. */
    void fill(UUID conversation, long after, Consumer<@Nullable List<Entry>> done) {
        fills.add(new Log.Part(conversation, after, Long.MAX_VALUE), done);
    }

    private @Nullable List<Entry> read(Page page) {
        Log.Part part = new Log.Part(page.conversation(), page.after(), page.upTo());
        List<List<Entry>> found = read(List.of(part), PAGE_BYTES);
        return found == null ? null : found.get(0);
    }

    /** Null when the database is away. */
    private @Nullable List<List<Entry>> read(List<Log.Part> parts, long bytes) {
        try {
            return reads.record(() -> log.after(parts, PAGE_ENTRIES, bytes));
        } catch (ApiException failed) {
            // The poll says so, once; and wakes everybody when the database is back.
            LOG.debugf(failed, "what follows in %d conversations cannot be read", parts.size());
            return null;
        }
    }

    /** Answers a question of followers that are not behind. */
    <T> CompletableFuture<T> read(Supplier<T> query) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return reads.record(query);
                    } catch (ApiException away) {
                        throw away;
                    } catch (Throwable failed) {
                        failures.survived("page", failed);
                        throw failed;
                    }
                },
                live);
    }

    /** Where the logs end, and which epoch it is. */
    record Heads(Map<UUID, Long> seqs, int epoch) {}

    Heads heads(Collection<UUID> conversations) {
        return new Heads(log.heads(conversations), log.epoch());
    }

    int epoch() {
        return log.epoch();
    }

    /** Those who take part no longer; nobody when they were asked about a moment ago. */
    List<Follower> strangers(List<Follower> followers) {
        long now = System.nanoTime();
        if (now - recheckDue < 0) {
            return List.of();
        }
        Set<Reader> asked = new HashSet<>();
        followers.stream().map(Follower::reader).filter(Objects::nonNull).forEach(asked::add);
        Set<Reader> participating =
                asked.isEmpty() ? Set.of() : transactions.read(() -> conversations.participating(asked));
        recheckDue = now + Streams.RECHECK.toNanos();
        return followers.stream()
                .filter(follower -> follower.reader() != null && !participating.contains(follower.reader()))
                .toList();
    }

    @PreDestroy
    void close() {
        readers.shutdownNow();
        live.shutdownNow();
    }
}
