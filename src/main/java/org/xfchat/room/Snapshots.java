package org.xfchat.room;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.Updates;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Feeds;
import org.xfchat.cursor.Format;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.log.Position;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.window.Windows;

/**
 * What the room looks like. Of what its followers see one state is kept, the newest, for as long as there are any: it grows by
 * what the feed hears, without a statement, and is read only at the beginning, or after a gap.
 */
@Singleton
class Snapshots {
    /** As it is read, decoded, and encoded. */
    private static final int COPIES = 8;

    private final Feeds feeds;
    private final Log log;
    private final ClientMemory memory;
    private final ObjectWriter json;

    // Under this object's monitor.
    private final TreeMap<Integer, Integer> followers = new TreeMap<>();
    private @Nullable Feed feed;
    private @Nullable RoomState newest;
    private @Nullable Question asked;

    private volatile Events events;

    /** A question to the database: for whose followers, and how deep. */
    private record Question(Feed feed, int depth, CompletableFuture<RoomState> answer) {}

    /** Messages as events at an epoch, which is part of their ids. */
    private record Events(int epoch, Format format) {}

    Snapshots(Feeds feeds, Log log, ClientMemory memory, ObjectMapper json) {
        this.feeds = feeds;
        this.log = log;
        this.memory = memory;
        this.json = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
        this.events = eventsAt(0);
    }

    /**
     * The last messages at a position.
     *
     * @param seq 0 for the empty room
     * @param state a JSON array, oldest first
     */
    // Nobody compares two of them.
    @SuppressWarnings("ArrayRecordComponent")
    record Snapshot(long seq, byte[] state) {
        @Nullable
        String version() {
            return seq == 0 ? null : RoomMessage.version(seq);
        }

        /** As an update of a 209 response. */
        Buffer update() {
            return Buffer.buffer(Updates.snapshot(version(), null, state));
        }
    }

    /** Reads the room. */
    Snapshot at(Windows.Reading reading, UUID room, int limit) {
        Position head = log.head(room);
        List<Entry> entries = new ArrayList<>(reading.window(room, head.seq(), limit));
        Collections.reverse(entries);
        return new Snapshot(
                head.seq(), Updates.array(entries.stream().map(this::json).toList()));
    }

    /** Somebody sees so many messages from now on, until {@link #unfollow}. */
    synchronized void follow(int limit) {
        followers.merge(limit, 1, Integer::sum);
    }

    synchronized void unfollow(int limit) {
        followers.computeIfPresent(limit, (same, count) -> count == 1 ? null : count - 1);
        if (followers.isEmpty()) {
            replace(null, null);
        }
    }

    /** The room at {@code seq} or later, for who sees so many messages; null where it has to be read. */
    synchronized @Nullable RoomState newest(Feed room, int limit, long seq) {
        RoomState known = newest;
        if (known == null || feed != room) {
            return null;
        }
        if (!known.isGood(limit, seq)) {
            known = known.with(room.since(known.seq()), this::message);
            newest = known;
        }
        return known.isGood(limit, seq) ? known : null;
    }

    /** The update of a state for who sees so many messages; null where there is no memory to keep it for all. */
    synchronized @Nullable Buffer shared(RoomState state, int limit) {
        return state == newest ? state.shared(limit) : null;
    }

    /** Reads the newest state, once for all who ask meanwhile; {@code done} is told whether it could be read. */
    void read(Feed room, int limit, Consumer<Boolean> done) {
        CompletableFuture<?> unused = asked(room, limit).whenComplete((found, failed) -> done.accept(failed == null));
    }

    private synchronized CompletableFuture<RoomState> asked(Feed room, int limit) {
        Question known = asked;
        if (known != null
                && known.feed() == room
                && known.depth() >= limit
                && !known.answer().isDone()) {
            return known.answer();
        }
        int depth = Math.max(limit, followers.isEmpty() ? limit : followers.lastKey());
        CompletableFuture<RoomState> answer = feeds.read(() -> {
            RoomState read = readOrReplace(room.conversation(), depth);
            keep(room, read);
            return read;
        });
        asked = new Question(room, depth, answer);
        return answer;
    }

    private synchronized void keep(Feed room, RoomState read) {
        if (followers.isEmpty() || (feed == room && newest != null && newest.isGood(read.depth(), read.seq()))) {
            read.forget();
        } else {
            replace(room, read);
        }
    }

    private void replace(@Nullable Feed room, @Nullable RoomState state) {
        if (newest != null) {
            newest.forget();
        }
        feed = room;
        newest = state;
    }

    /** Where there is no memory for two states, the old one goes first: it is of no use to those who ask for a newer one. */
    private RoomState readOrReplace(UUID room, int depth) {
        RoomState read = read(room, depth);
        if (read == null) {
            forget();
            read = read(room, depth);
        }
        if (read == null) {
            throw new ApiException(ErrorCode.UNAVAILABLE, new IllegalStateException("no memory for the room"));
        }
        return read;
    }

    private synchronized void forget() {
        replace(null, null);
    }

    /** Counted before it is read; null where there is no memory: nobody waits here, because others wait for this. */
    private @Nullable RoomState read(UUID room, int depth) {
        Reservation reservation = memory.reservation(this);
        boolean kept = false;
        try {
            Position head = log.head(room);
            Log.Measured measured = log.measure(room, head.seq(), depth);
            if (!reservation.tryResize(COPIES * measured.bytes())) {
                return null;
            }
            List<Entry> entries = new ArrayList<>(log.window(room, head.seq(), depth, measured.bytes()));
            Collections.reverse(entries);
            RoomState read = new RoomState(
                    head.seq(), depth, entries.stream().map(this::message).toList(), reservation);
            kept = reservation.tryResize(read.size());
            return kept ? read : null;
        } finally {
            if (!kept) {
                reservation.close();
            }
        }
    }

    private RoomState.Message message(Entry entry) {
        return new RoomState.Message(entry.seq(), json(entry), entry.content().getBytes(StandardCharsets.UTF_8).length);
    }

    private byte[] json(Entry entry) {
        try {
            return json.writeValueAsBytes(RoomMessage.of(entry));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a message is always writable", impossible);
        }
    }

    /** Each message as an event, for who wants messages and not snapshots. */
    Format events(int epoch) {
        Events known = events;
        if (known.epoch() != epoch) {
            known = eventsAt(epoch);
            events = known;
        }
        return known.format();
    }

    private Events eventsAt(int epoch) {
        return new Events(
                epoch,
                new Format(
                        "room",
                        entry -> ServerSentEvents.event(
                                ServerSentEvents.id(entry.seq(), epoch), "message", json(entry))));
    }
}
