package org.xfchat.room;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.Updates;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Feeds;
import org.xfchat.cursor.Format;
import org.xfchat.database.Transactions;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.log.Position;
import org.xfchat.stream.ServerSentEvents;

/** What the room looks like: read once per change, and encoded once, however many look. */
@Singleton
class Snapshots {
    /** Nearly everybody asks for the same. */
    private static final int MAX_LIMITS = 4;

    private final Feeds feeds;
    private final Transactions transactions;
    private final Log log;
    private final ObjectWriter json;

    /** The newest answer, or the question that is being answered, by how many messages were asked for. */
    private final Map<Integer, Asked> newest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Asked> eldest) {
            return size() > MAX_LIMITS;
        }
    };

    private volatile Events events;

    /**
     * A question to the database.
     *
     * @param feed for whose followers: after the log went back in time there is another one, and the answer worth nothing
     */
    private record Asked(Feed feed, CompletableFuture<Snapshot> answer) {}

    /** Messages as events at an epoch, which is part of their ids. */
    private record Events(int epoch, Format format) {}

    Snapshots(Feeds feeds, Transactions transactions, Log log, ObjectMapper json) {
        this.feeds = feeds;
        this.transactions = transactions;
        this.log = log;
        this.json = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
        this.events = eventsAt(0);
    }

    /**
     * The last messages at a position.
     *
     * @param seq 0 for the empty room
     * @param state a JSON array, oldest first
     * @param update the same as an update of a 209 response
     */
    record Snapshot(long seq, Buffer state, Buffer update) {
        @Nullable
        String version() {
            return seq == 0 ? null : RoomMessage.version(seq);
        }
    }

    /**
     * Reads the room now.
     *
     * @param memory as {@link Log#window} asks for it
     */
    Snapshot read(UUID room, int limit, LongConsumer memory) {
        return transactions.read(() -> at(room, limit, memory));
    }

    /** Hands over the room at {@code seq} or later, asked once for the many that want the same; null when it cannot be read. */
    void whenAtLeast(Feed room, int limit, long seq, Consumer<@Nullable Snapshot> done) {
        CompletableFuture<?> unused = asked(room, limit, seq).handle((found, failed) -> {
            done.accept(found);
            return done;
        });
    }

    private CompletableFuture<Snapshot> asked(Feed room, int limit, long seq) {
        synchronized (newest) {
            Asked known = newest.get(limit);
            if (known != null && known.feed() == room && isGood(known.answer(), seq)) {
                return known.answer();
            }
            CompletableFuture<Snapshot> answer = feeds.read(() -> at(room.conversation(), limit, bytes -> {}));
            newest.put(limit, new Asked(room, answer));
            return answer;
        }
    }

    /** A question that began before the change may miss it: who asked finds out, and asks again. */
    private static boolean isGood(CompletableFuture<Snapshot> answer, long seq) {
        return !answer.isDone()
                || (!answer.isCompletedExceptionally() && answer.join().seq() >= seq);
    }

    /** Inside a transaction. */
    Snapshot at(UUID room, int limit, LongConsumer memory) {
        Position head = log.head(room);
        List<Entry> entries = new ArrayList<>(log.window(room, head.seq(), limit, memory));
        Collections.reverse(entries);
        byte[] state = Updates.array(entries.stream().map(this::json).toList());
        String version = head.isRoot() ? null : RoomMessage.version(head.seq());
        return new Snapshot(head.seq(), Buffer.buffer(state), Buffer.buffer(Updates.snapshot(version, null, state)));
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

    /** The window as events. */
    Buffer window(UUID room, long upTo, int limit, Format events, LongConsumer memory) {
        List<Entry> entries = new ArrayList<>(log.window(room, upTo, limit, memory));
        Collections.reverse(entries);
        Buffer window = Buffer.buffer();
        entries.forEach(entry -> window.appendBuffer(events.encoder().apply(entry)));
        return window;
    }
}
