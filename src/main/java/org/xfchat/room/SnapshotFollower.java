package org.xfchat.room;

import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Conversations.Reader;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Follower;
import org.xfchat.room.Snapshots.Snapshot;

/** A subscriber that gets the whole window at each change; what changes while its socket is full it gets at once, later. */
final class SnapshotFollower extends Follower {
    private final Snapshots snapshots;
    private final int limit;
    private final Snapshot first;
    private long shown;
    private boolean asking;

    /** @param known the position of what the client has already; before 0 for nothing */
    SnapshotFollower(Feed feed, Snapshots snapshots, int limit, Snapshot first, long known) {
        super(feed, first.seq());
        this.snapshots = snapshots;
        this.limit = limit;
        this.first = first;
        this.shown = known;
    }

    @Override
    protected void begin() {
        show(first);
    }

    private void show(Snapshot snapshot) {
        if (snapshot.seq() > shown) {
            // First: a socket that takes everything at once calls for more while it is being written to.
            shown = snapshot.seq();
            stream().write(snapshot.update());
        }
    }

    @Override
    protected void wake() {
        if (isClosed() || asking || shown >= feed().head() || !stream().isWritable()) {
            return;
        }
        asking = true;
        snapshots.whenAtLeast(
                feed(),
                limit,
                feed().head(),
                found -> loop().execute(() -> {
                    asking = false;
                    if (!isClosed() && found != null) {
                        show(found);
                        wake();
                    }
                }));
    }

    @Override
    protected @Nullable Reader reader() {
        return null;
    }
}
