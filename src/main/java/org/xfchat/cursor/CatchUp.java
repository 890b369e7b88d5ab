package org.xfchat.cursor;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Conversations;
import org.xfchat.conversation.Conversations.Reader;
import org.xfchat.database.Transactions;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.stream.StreamConfig;

/** What cursors ask of the database; pages by a few threads, so that a storm of reconnects leaves connections for others. */
@Singleton
class CatchUp {
    private static final Logger LOG = Logger.getLogger(CatchUp.class);

    private final Transactions transactions;
    private final Log log;
    private final Conversations conversations;
    private final CursorConfig config;
    private final long recheckNanos;
    private final Timer reads;
    private final ThreadPoolExecutor readers;
    private final Map<Page, List<Consumer<@Nullable Run>>> asked = new ConcurrentHashMap<>();
    private long recheckDue = System.nanoTime();

    CatchUp(
            Transactions transactions,
            Log log,
            Conversations conversations,
            CursorConfig config,
            StreamConfig streams,
            MeterRegistry metrics) {
        this.transactions = transactions;
        this.log = log;
        this.conversations = conversations;
        this.config = config;
        this.recheckNanos = streams.recheckEvery().toNanos();
        this.reads = Timer.builder("xfchat.cursor.reads")
                .description("pages read for cursors that were behind what is in memory")
                .register(metrics);
        this.readers = new ThreadPoolExecutor(
                config.readers(), config.readers(), 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "catch-up");
                    thread.setDaemon(true);
                    return thread;
                });
        readers.allowCoreThreadTimeOut(true);
        metrics.gauge("xfchat.cursor.waiting", readers, pool -> pool.getQueue().size());
    }

    /** What follows a position, in a form. */
    record Page(UUID conversation, long after, long upTo, Format format) {}

    /**
     * A page, encoded, to be handed to {@code done} by a reader; null when there is nothing, or the database is away. Who asks
     * for the same while it waits to be read gets the same: after a restart many come back to one position.
     */
    void read(Page page, Consumer<@Nullable Run> done) {
        asked.compute(page, (same, waiting) -> {
            if (waiting != null) {
                waiting.add(done);
                return waiting;
            }
            readers.execute(() -> answer(page));
            return new ArrayList<>(List.of(done));
        });
    }

    /** Who asks from now on may know of entries that this reading misses. */
    private void answer(Page page) {
        List<Consumer<@Nullable Run>> waiting = Objects.requireNonNull(asked.remove(page));
        List<Entry> entries = read(page.conversation(), page.after(), page.upTo());
        Run run = entries == null || entries.isEmpty() ? null : Tail.run(entries, page.format());
        waiting.forEach(done -> done.accept(run));
    }

    /** What follows a position, to be handed to {@code done} by a reader; null when the database is away. */
    void read(UUID conversation, long after, Consumer<@Nullable List<Entry>> done) {
        readers.execute(() -> done.accept(read(conversation, after, Long.MAX_VALUE)));
    }

    private @Nullable List<Entry> read(UUID conversation, long after, long upTo) {
        try {
            return reads.record(() -> transactions.read(() -> log.after(
                    conversation,
                    after,
                    upTo,
                    config.pageEntries(),
                    config.page().asLongValue())));
        } catch (RuntimeException failed) {
            // The poll says so, once; and wakes everybody when the database is back.
            LOG.debugf(failed, "a page of conversation %s cannot be read", conversation);
            return null;
        }
    }

    <T> CompletableFuture<T> read(Supplier<T> query) {
        return CompletableFuture.supplyAsync(() -> reads.record(() -> transactions.read(query)), readers);
    }

    /** Where the logs end, and which epoch it is. */
    record Heads(Map<UUID, Long> seqs, int epoch) {}

    Heads heads(Collection<UUID> conversations) {
        return transactions.read(() -> new Heads(log.heads(conversations), log.epoch()));
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
        recheckDue = now + recheckNanos;
        return followers.stream()
                .filter(follower -> follower.reader() != null && !participating.contains(follower.reader()))
                .toList();
    }

    @PreDestroy
    void close() {
        readers.shutdownNow();
    }
}
