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
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.Updates;
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
    private final Map<Integer, CompletableFuture<Snapshot>> newest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, CompletableFuture<Snapshot>> eldest) {
            return size() > MAX_LIMITS;
        }
    };

    Snapshots(Feeds feeds, Transactions transactions, Log log, ObjectMapper json) {
        this.feeds = feeds;
        this.transactions = transactions;
        this.log = log;
        this.json = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
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

    /** Reads the room now. */
    Snapshot read(UUID room, int limit) {
        return transactions.read(() -> at(room, limit));
    }

    /** Hands over the room at {@code seq} or later, asked once for the many that want the same; null when it cannot be read. */
    void whenAtLeast(UUID room, int limit, long seq, Consumer<@Nullable Snapshot> done) {
        CompletableFuture<?> unused = asked(room, limit, seq).handle((found, failed) -> {
            done.accept(found);
            return done;
        });
    }

    private CompletableFuture<Snapshot> asked(UUID room, int limit, long seq) {
        synchronized (newest) {
            CompletableFuture<Snapshot> known = newest.get(limit);
            // One that began before the change may miss it: who asked finds out, and asks again.
            if (known != null
                    && (!known.isDone() || (isGood(known) && known.join().seq() >= seq))) {
                return known;
            }
            CompletableFuture<Snapshot> asked = feeds.read(() -> at(room, limit));
            newest.put(limit, asked);
            return asked;
        }
    }

    private static boolean isGood(CompletableFuture<Snapshot> done) {
        return !done.isCompletedExceptionally();
    }

    /** Inside a transaction. */
    Snapshot at(UUID room, int limit) {
        Position head = log.head(room);
        List<Entry> entries = new ArrayList<>(log.window(room, head.seq(), limit));
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
        return new Format(
                "room",
                entry -> ServerSentEvents.event(ServerSentEvents.id(entry.seq(), epoch), "message", json(entry)));
    }

    /** The window as events. */
    Buffer window(UUID room, long upTo, int limit, Format events) {
        List<Entry> entries = new ArrayList<>(log.window(room, upTo, limit));
        Collections.reverse(entries);
        Buffer window = Buffer.buffer();
        entries.forEach(entry -> window.appendBuffer(events.encoder().apply(entry)));
        return window;
    }
}
