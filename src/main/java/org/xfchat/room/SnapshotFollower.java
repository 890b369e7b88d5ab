package org.xfchat.room;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.xfchat.cursor.Beginning;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Follower;
import org.xfchat.memory.Reservation;
import org.xfchat.participant.Conversations.Reader;

/** A subscriber that gets the whole window at each change; what changes while its socket is full it gets at once, later. */
final class SnapshotFollower extends Follower {
    private final Snapshots snapshots;
    private final int limit;
    private @Nullable Beginning first;
    private long shown;
    private boolean asking;

    /**
     * @param seq what the client has already, or gets first
     * @param first null where the client has it
     */
    SnapshotFollower(Feed feed, Snapshots snapshots, int limit, long seq, @Nullable Beginning first) {
        super(feed, seq);
        this.snapshots = snapshots;
        this.limit = limit;
        this.first = first;
        this.shown = seq;
        snapshots.follow(limit);
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
        snapshots.unfollow(limit);
        if (first != null) {
            first.memory().close();
            first = null;
        }
    }

    @Override
    protected void wake() {
        if (isClosed() || asking || shown >= feed().head() || !stream().isWritable()) {
            return;
        }
        RoomState newest = snapshots.newest(feed(), limit, feed().head());
        if (newest != null) {
            show(newest);
        } else {
            ask();
        }
    }

    /** When it was read, it is looked at again; when it could not be, at the next wake-up. */
    private void ask() {
        asking = true;
        boolean isAsked = false;
        try {
            snapshots.read(
                    feed(),
                    limit,
                    read -> stream().execute(() -> {
                        asking = false;
                        if (read) {
                            wake();
                        }
                    }));
            isAsked = true;
        } finally {
            if (!isAsked) {
                asking = false;
            }
        }
    }

    /** The position goes first: a socket that takes everything at once calls for more while it is being written to. */
    private void show(RoomState state) {
        long before = shown;
        shown = state.seq();
        Buffer shared = snapshots.shared(state, limit);
        if (shared != null ? !stream().offer(shared) : !writeOwn(state)) {
            shown = before;
        }
    }

    private boolean writeOwn(RoomState state) {
        Reservation memory = stream().reservation();
        if (!memory.tryResize(state.updateBytes(limit))) {
            memory.close();
            stream().starve();
            return false;
        }
        try {
            Buffer own = state.update(limit);
            memory.resize(own.length());
            stream().write(own, memory);
            return true;
        } catch (RuntimeException | Error failed) {
            memory.close();
            throw failed;
        }
    }

    @Override
    protected @Nullable Reader reader() {
        return null;
    }
}
