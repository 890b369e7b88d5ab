package org.xfchat.cursor;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Conversations.Reader;
import org.xfchat.stream.Source;
import org.xfchat.stream.Stream;

/**
 * One subscriber's position in a log. Everything after it is still to be delivered, by whatever way: from the feed's tail
 * where it is there, else page by page from the database, and only while the socket has room.
 */
public final class Cursor implements Source, Follower {
    /** Of a cursor that goes on for ever. */
    public static final long FOR_EVER = Long.MAX_VALUE;

    private final Feed feed;
    private final @Nullable Reader reader;
    private final Format format;
    private final Buffer first;
    private final long head;
    private final long upTo;
    private final Counter delivered;
    private final long maxRun;

    private @Nullable Stream stream;
    private long seq;
    private boolean reading;
    private boolean delivering;
    private boolean closed;

    /**
     * A cursor at a position; it releases the feed when its stream has ended.
     *
     * @param user who must go on taking part in the conversation; null where nobody need to
     * @param seq everything up to here is known to the client, or in {@code first}
     * @param head how long the log is at least
     * @param upTo where it ends, cleanly; {@link #FOR_EVER} for a subscription
     * @param first what is written first; empty for nothing
     */
    public Cursor(Feed feed, @Nullable UUID user, long seq, long head, long upTo, Format format, Buffer first) {
        this.feed = feed;
        this.reader = user == null ? null : new Reader(feed.conversation(), user);
        this.seq = seq;
        this.head = head;
        this.upTo = upTo;
        this.format = format;
        this.first = first;
        this.delivered = feed.feeds().delivered(format);
        this.maxRun = feed.feeds().config().run().asLongValue();
    }

    @Override
    public EventLoop loop() {
        return stream().loop();
    }

    private Stream stream() {
        return Objects.requireNonNull(stream, "not opened yet");
    }

    @Override
    public @Nullable Reader reader() {
        return reader;
    }

    @Override
    public void opened(Stream opened) {
        stream = opened;
        if (first.length() > 0) {
            opened.write(first);
        }
        feed.follow(this, head);
        wake();
    }

    @Override
    public void writable() {
        wake();
    }

    @Override
    public void closed() {
        closed = true;
        if (stream != null) {
            feed.unfollow(this);
        }
        feed.release();
    }

    @Override
    public void abort(String why) {
        stream().abort(why);
    }

    /** Delivers what there is. */
    @Override
    public void wake() {
        if (delivering) {
            // Called by a write of the loop below, which looks again by itself.
            return;
        }
        delivering = true;
        deliver();
        delivering = false;
    }

    private void deliver() {
        while (!closed && !reading) {
            if (seq >= upTo) {
                stream().end();
                return;
            }
            if (!stream().isWritable()) {
                return;
            }
            Tail tail = feed.tail();
            if (tail == null || seq >= tail.last()) {
                return;
            }
            Run run = tail.run(seq, upTo, format, maxRun);
            if (run == null) {
                read();
                return;
            }
            deliver(run);
        }
    }

    /** The position goes first: a socket that takes everything at once calls for more while it is being written to. */
    private void deliver(Run run) {
        seq = run.last();
        delivered.increment(run.count());
        stream().write(run.bytes());
    }

    /** A failure is not the end: the poll wakes everybody again, once the database is back. */
    private void read() {
        reading = true;
        feed.feeds().catchUp().read(feed.conversation(), seq, upTo, page -> {
            Run run = page == null || page.isEmpty() ? null : Tail.run(page, format);
            loop().execute(() -> resume(run));
        });
    }

    private void resume(@Nullable Run run) {
        reading = false;
        if (run != null && !closed) {
            deliver(run);
            wake();
        }
    }
}
