package org.xfchat.room;

import io.netty.channel.EventLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Conversations.Reader;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Follower;
import org.xfchat.room.Snapshots.Snapshot;
import org.xfchat.stream.Source;
import org.xfchat.stream.Stream;

/** A subscriber that gets the whole window at each change; what changes while its socket is full it gets at once, later. */
final class SnapshotFollower implements Source, Follower {
    private final Feed feed;
    private final Snapshots snapshots;
    private final int limit;
    private final Snapshot first;
    private @Nullable Stream stream;
    private long shown;
    private boolean asking;
    private boolean closed;

    /** @param known the position of what the client has already; before 0 for nothing */
    SnapshotFollower(Feed feed, Snapshots snapshots, int limit, Snapshot first, long known) {
        this.feed = feed;
        this.snapshots = snapshots;
        this.limit = limit;
        this.first = first;
        this.shown = known;
    }

    @Override
    public EventLoop loop() {
        return stream().loop();
    }

    private Stream stream() {
        return Objects.requireNonNull(stream, "not opened yet");
    }

    @Override
    public void opened(Stream opened) {
        stream = opened;
        show(first);
        feed.follow(this, first.seq());
        wake();
    }

    private void show(Snapshot snapshot) {
        if (snapshot.seq() > shown) {
            // First: a socket that takes everything at once calls for more while it is being written to.
            shown = snapshot.seq();
            stream().write(snapshot.update());
        }
    }

    @Override
    public void wake() {
        if (closed || asking || shown >= feed.head() || !stream().isWritable()) {
            return;
        }
        asking = true;
        snapshots.whenAtLeast(
                feed,
                limit,
                feed.head(),
                found -> loop().execute(() -> {
                    asking = false;
                    if (!closed && found != null) {
                        show(found);
                        wake();
                    }
                }));
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

    @Override
    public @Nullable Reader reader() {
        return null;
    }
}
