package org.xfchat.cursor;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xfchat.log.Entry;

/**
 * One conversation's log as this replica's followers see it grow. Whoever obtained it from {@link Feeds#open} releases it
 * once.
 */
public final class Feed {
    private static final String REWOUND = "rewound";

    /** A limit that no entry keeps. */
    private static final long NOTHING = 0;

    /** Of a tail that the next sweep keeps in any case. */
    private static final long UNSWEPT = -1;

    /** The followers of one event loop: one task wakes them all. */
    private static final class Group {
        private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean woken = new AtomicBoolean();
    }

    private final UUID conversation;
    private final Feeds feeds;
    private final Map<EventLoop, Group> groups = new ConcurrentHashMap<>();
    private int users;

    // Written under this feed's monitor; the tail is null until somebody follows, and its size is counted to all tails.
    private volatile @Nullable Tail tail;
    private volatile long head;
    private long maxSize;
    private long lastAtSweep;
    private boolean filling;

    // Of the poll's thread, after it looked for the first time; before 0 where nobody knows.
    private int epoch;
    private volatile boolean abandoned;

    /** @param epoch that the log may have had before it was read: another one later means that it went back in time */
    Feed(UUID conversation, Feeds feeds, long maxSize, int epoch) {
        this.conversation = conversation;
        this.epoch = epoch;
        this.feeds = feeds;
        this.maxSize = maxSize;
    }

    public UUID conversation() {
        return conversation;
    }

    /** The newest position that was heard of; 0 before any. */
    public long head() {
        return head;
    }

    /** Counts a user. Under the registry's lock for this conversation. */
    Feed use() {
        users++;
        return this;
    }

    /** Whether nobody is left. Under the registry's lock for this conversation. */
    boolean unuse() {
        users--;
        return users == 0;
    }

    /** Its user is done with it. */
    public void release() {
        feeds.close(this);
    }

    Feeds feeds() {
        return feeds;
    }

    @Nullable
    Tail tail() {
        return tail;
    }

    /** Wakes the follower from now on; the log is known to be {@code seq} long at least. */
    public void follow(Follower follower, long seq) {
        groups.computeIfAbsent(follower.loop(), loop -> new Group()).followers.add(follower);
        synchronized (this) {
            if (tail == null) {
                tail = Tail.after(seq);
                lastAtSweep = seq;
            }
        }
        heard(seq);
        if (abandoned) {
            follower.abort(REWOUND);
        }
    }

    /** Wakes it no more. */
    public void unfollow(Follower follower) {
        Group group = groups.get(follower.loop());
        if (group != null) {
            group.followers.remove(follower);
        }
    }

    /** Everybody who follows. */
    List<Follower> followers() {
        return groups.values().stream()
                .flatMap(group -> group.followers.stream())
                .toList();
    }

    /** Whether the log, once known to be so long, went back in time since the poll last asked. */
    boolean isRewound(long known, long found, int epochNow) {
        boolean rewound = found < known || (epoch >= 0 && epochNow != epoch);
        epoch = epochNow;
        return rewound;
    }

    /** Cuts everybody, those who are about to follow as well: what is here may never have happened. */
    void abandon() {
        abandoned = true;
        retire();
        followers().forEach(follower -> follower.abort(REWOUND));
    }

    /**
     * The log has grown by these entries, which are handed on where they follow what is here without a gap, and is at least
     * so long; otherwise this is a wake-up. What is missing is read once for everybody.
     *
     * @return whether it was news that the log is so long
     */
    boolean grown(List<Entry> entries, long seq) {
        boolean news;
        boolean extended;
        boolean fill;
        synchronized (this) {
            news = seq > head;
            head = Math.max(head, seq);
            extended = extend(entries);
            fill = mustFill();
        }
        if (fill) {
            fill();
        }
        if (extended || (news && !fill)) {
            wake();
        }
        return news;
    }

    /** The log is at least so long. */
    boolean heard(long seq) {
        return grown(List.of(), seq);
    }

    private boolean extend(List<Entry> entries) {
        Tail before = tail;
        if (before == null || abandoned || entries.isEmpty()) {
            return false;
        }
        Tail longer = before.with(entries, maxSize);
        if (!feeds.resizeTails(longer.size() - before.size())) {
            longer = before.with(entries, NOTHING);
            feeds.resizeTails(-before.size());
        }
        tail = longer;
        return longer.last() > before.last();
    }

    /**
     * What was read for a follower that is behind. Where it leads up to what is here, and there is room for all of it, it is
     * kept as long as it is asked for: after a restart or an outage many come back who are as far behind.
     *
     * @param entries consecutive
     */
    synchronized void lead(List<Entry> entries) {
        Tail before = tail;
        if (before == null || abandoned) {
            return;
        }
        Tail longer = before.preceded(entries, maxSize);
        if (longer != before && feeds.leadTails(longer.size() - before.size())) {
            tail = longer;
            lastAtSweep = UNSWEPT;
        }
    }

    /** Keeps nothing from now on: nobody is left, or nobody shall go on. */
    synchronized void retire() {
        Tail known = tail;
        if (known != null) {
            feeds.resizeTails(-known.size());
            tail = null;
        }
    }

    private boolean mustFill() {
        Tail known = tail;
        if (known == null || abandoned || known.last() >= head || filling) {
            return false;
        }
        filling = true;
        return true;
    }

    private void fill() {
        boolean asked = false;
        try {
            feeds.fill(this);
            asked = true;
        } finally {
            if (!asked) {
                filled(List.of());
            }
        }
    }

    /** The entries after a position, where all of them are in memory; empty where they are not. */
    public List<Entry> since(long seq) {
        Tail known = tail;
        return known == null ? List.of() : known.entries(seq);
    }

    /** What was read for everybody: what follows the tail's end, or nothing, in which case the next wake-up tries again. */
    void filled(List<Entry> entries) {
        synchronized (this) {
            filling = false;
        }
        if (!entries.isEmpty()) {
            grown(entries, entries.get(entries.size() - 1).seq());
        }
    }

    /**
     * Forgets the entries of a log that did not grow since the last time, unless they were asked for and are no more than they
     * may be: who still needs them asks the database.
     *
     * @param limit of the tail, in bytes, from now on
     * @return what it takes now, in bytes
     */
    synchronized long sweep(long limit) {
        maxSize = limit;
        Tail known = tail;
        if (known == null) {
            return 0;
        }
        boolean used = known.wasUsed();
        if (known.last() == lastAtSweep && (!used || known.size() > limit)) {
            forget();
            return 0;
        }
        lastAtSweep = known.last();
        return known.size();
    }

    /** Forgets the entries, and keeps the position. */
    synchronized void forget() {
        Tail known = tail;
        if (known != null) {
            feeds.resizeTails(-known.size());
            tail = Tail.after(known.last());
        }
    }

    /** Lets everybody look. */
    void wake() {
        groups.forEach((loop, group) -> {
            if (!group.followers.isEmpty() && group.woken.compareAndSet(false, true)) {
                try {
                    loop.execute(() -> {
                        group.woken.set(false);
                        group.followers.forEach(follower -> follower.stream().attempt(follower::wake));
                    });
                } catch (RuntimeException | Error stopping) {
                    group.woken.set(false);
                    throw stopping;
                }
            }
        });
    }
}
