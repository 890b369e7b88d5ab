package org.xfchat.cursor;

import io.micrometer.core.instrument.Counter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.Reservation;
import org.xfchat.participant.Conversations.Reader;

/**
 * One subscriber's position in a log. Everything after it is still to be delivered, by whatever way: from the feed's tail
 * where it is there, else page by page from the database, and only while the socket has room.
 */
public final class Cursor extends Follower {
    /** Of a cursor that goes on for ever. */
    public static final long FOR_EVER = Long.MAX_VALUE;

    /** What is written to a socket at once, or one entry at least: about what its queue takes before it says that it is full. */
    private static final long MAX_RUN = 64 << 10;

    private final @Nullable Reader reader;
    private final Format format;
    private @Nullable Beginning first;
    private final long upTo;
    private final Counter delivered;

    private long seq;

    /** Of the page after this position, if it was read in vain: it is not read again before there is so much memory. */
    private long missing;

    private boolean reading;
    private boolean delivering;

    /**
     * A cursor at a position; it releases the feed when its stream has ended.
     *
     * @param user who must go on taking part in the conversation; null where nobody need to
     * @param seq everything up to here is known to the client, or in {@code first}
     * @param head how long the log is at least
     * @param upTo where it ends, cleanly; {@link #FOR_EVER} for a subscription
     * @param first what is written first; null for nothing
     */
    public Cursor(
            Feed feed, @Nullable UUID user, long seq, long head, long upTo, Format format, @Nullable Beginning first) {
        super(feed, head);
        this.reader = user == null ? null : new Reader(feed.conversation(), user);
        this.seq = seq;
        this.upTo = upTo;
        this.format = format;
        this.first = first;
        this.delivered = feed.feeds().delivered(format);
    }

    @Override
    protected @Nullable Reader reader() {
        return reader;
    }

    @Override
    protected void begin() {
        Beginning beginning = first;
        first = null;
        if (beginning != null) {
            stream().write(beginning.bytes(), beginning.memory());
        }
    }

    @Override
    protected void end() {
        if (first != null) {
            first.memory().close();
            first = null;
        }
    }

    /** Delivers what there is. */
    @Override
    protected void wake() {
        if (delivering) {
            // Called by a write of the loop below, which looks again by itself.
            return;
        }
        delivering = true;
        try {
            deliver();
        } finally {
            delivering = false;
        }
    }

    private void deliver() {
        while (!isClosed() && !reading) {
            if (seq >= upTo) {
                stream().end();
                return;
            }
            if (!stream().isWritable()) {
                return;
            }
            Tail tail = feed().tail();
            if (tail == null || seq >= tail.last()) {
                return;
            }
            Run run;
            try {
                run = tail.run(seq, upTo, format, MAX_RUN);
            } catch (Throwable unwritable) {
                // Nothing was said of it, so that the next wake-up may try again.
                feed().feeds().survived("encode", unwritable);
                return;
            }
            if (run == null) {
                read();
                return;
            }
            if (!offer(run)) {
                return;
            }
        }
    }

    /** The position goes first: a socket that takes everything at once calls for more while it is being written to. */
    private boolean offer(Run run) {
        long before = seq;
        seq = run.last();
        if (!stream().offer(run.bytes())) {
            seq = before;
            return false;
        }
        delivered.increment(run.count());
        return true;
    }

    /** A failure is not the end: the poll wakes everybody again, once the database is back. */
    private void read() {
        Reservation memory = stream().reservation();
        if (missing > 0 && !memory.tryResize(missing)) {
            memory.close();
            stream().starve();
            return;
        }
        reading = true;
        try {
            CatchUp.Page page = new CatchUp.Page(feed().conversation(), seq, upTo, format);
            feed().feeds()
                    .catchUp()
                    .read(
                            page,
                            feed(),
                            memory,
                            (run, lacking) -> stream().execute(() -> {
                                reading = false;
                                missing = lacking;
                                resume(run, memory);
                            }));
        } catch (Throwable unread) {
            reading = false;
            memory.close();
            throw unread;
        }
    }

    private void resume(@Nullable Run run, Reservation memory) {
        if (run == null || isClosed()) {
            memory.close();
            if (missing > 0 && !isClosed()) {
                stream().starve();
            }
            return;
        }
        seq = run.last();
        delivered.increment(run.count());
        stream().write(run.bytes(), memory);
        wake();
    }
}
