package org.xfchat.cursor;

import io.netty.channel.EventLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xfchat.participant.Conversations.Reader;
import org.xfchat.stream.Source;
import org.xfchat.stream.Stream;

/**
 * A stream that wants to know when a conversation's log may have grown. It uses its feed until the stream has ended, however,
 * and releases it then. Everything happens on the stream's event loop, unless said otherwise.
 */
public abstract class Follower implements Source {
    private final Feed feed;
    private final long head;
    private @Nullable Stream stream;
    private boolean closed;

    /** @param head how long the log is at least */
    protected Follower(Feed feed, long head) {
        this.feed = feed;
        this.head = head;
    }

    protected final Feed feed() {
        return feed;
    }

    /** The thread on which it is woken. */
    protected final EventLoop loop() {
        return stream().loop();
    }

    protected final Stream stream() {
        return Objects.requireNonNull(stream, "not opened yet");
    }

    protected final boolean isClosed() {
        return closed;
    }

    @Override
    public final void opened(Stream opened) {
        stream = opened;
        begin();
        // The client may be gone by the first write.
        if (!closed) {
            feed.follow(this, head);
            wake();
        }
    }

    @Override
    public final void writable() {
        wake();
    }

    @Override
    public final void closed() {
        closed = true;
        try {
            if (stream != null) {
                feed.unfollow(this);
            }
            feed.release();
        } finally {
            end();
        }
    }

    /** It must not go on. From any thread. */
    final void abort(String why) {
        stream().abort(why);
    }

    /** Writes what comes first; before anything can wake it but a socket that drains meanwhile. */
    protected abstract void begin();

    /** Gives back what was reserved and not handed on. */
    protected abstract void end();

    /** The log may have grown, or the socket has room again. */
    protected abstract void wake();

    /** Whose participation is to be checked from time to time, from any thread; null where there is none to check. */
    protected abstract @Nullable Reader reader();
}
