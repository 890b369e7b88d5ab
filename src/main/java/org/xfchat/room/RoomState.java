package org.xfchat.room;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.Updates;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;

/**
 * The newest messages of the room, encoded, out of which everybody's window is cut, however many messages each wants to see.
 * Under the lock of its owner; what it is made of does not change.
 */
final class RoomState {
    /** What surrounds a message in an array, and an update. */
    private static final int FRAME_BYTES = 512;

    /** How many lengths are kept as they are written; nearly everybody asks for the same. */
    private static final int MAX_CUTS = 4;

    /** A message as JSON; {@code textBytes} of its text as UTF-8, of which a window has so much. */
    // Nobody compares two of them.
    @SuppressWarnings("ArrayRecordComponent")
    record Message(long seq, byte[] json, long textBytes) {}

    private final long seq;
    private final int depth;
    private final List<Message> messages;
    private final Reservation memory;
    private final Map<Integer, Buffer> cuts = new HashMap<>();
    private long cutBytes;

    /**
     * @param seq of the newest message; 0 for the empty room
     * @param depth for windows of how many messages it is good
     * @param messages oldest first
     * @param memory of all of this, closed by the owner
     */
    RoomState(long seq, int depth, List<Message> messages, Reservation memory) {
        this.seq = seq;
        this.depth = depth;
        this.messages = messages;
        this.memory = memory;
    }

    long seq() {
        return seq;
    }

    int depth() {
        return depth;
    }

    boolean isGood(int limit, long wanted) {
        return depth >= limit && seq >= wanted;
    }

    private static long size(List<Message> messages) {
        return messages.stream()
                .mapToLong(message -> message.json().length + FRAME_BYTES)
                .sum();
    }

    /** In bytes, without what is kept as it is written. */
    long size() {
        return size(messages);
    }

    /**
     * With these, without what no window has any more; itself where they do not follow without a gap. Its memory is that of
     * this state, which is worth nothing afterwards.
     */
    RoomState with(List<Entry> entries, Function<Entry, Message> encoder) {
        if (entries.isEmpty() || entries.get(0).seq() != seq + 1) {
            return this;
        }
        List<Message> all = new ArrayList<>(messages);
        entries.forEach(entry -> all.add(encoder.apply(entry)));
        List<Message> newest = List.copyOf(window(all, depth));
        if (!memory.tryResize(size(newest))) {
            return this;
        }
        return new RoomState(entries.get(entries.size() - 1).seq(), depth, newest, memory);
    }

    /** The last ones, as {@link Log#window} would read them. */
    private static List<Message> window(List<Message> messages, int limit) {
        int from = messages.size();
        long bytes = 0;
        while (from > 0 && messages.size() - from < limit) {
            bytes += messages.get(from - 1).textBytes();
            if (bytes > Log.MAX_WINDOW_BYTES && from < messages.size()) {
                break;
            }
            from--;
        }
        return messages.subList(from, messages.size());
    }

    /** What an update with so many messages takes at most while it is made, in bytes. */
    long updateBytes(int limit) {
        return 2 * size(window(messages, limit)) + FRAME_BYTES;
    }

    /** An update with so many messages. */
    Buffer update(int limit) {
        byte[] state = Updates.array(
                window(messages, limit).stream().map(Message::json).toList());
        return Buffer.buffer(Updates.snapshot(seq == 0 ? null : RoomMessage.version(seq), null, state));
    }

    /** The same, kept for everybody who asks for so many; null where there is no memory to keep it. */
    @Nullable
    Buffer shared(int limit) {
        Buffer known = cuts.get(limit);
        if (known != null) {
            return known;
        }
        long all = size() + cutBytes;
        if (cuts.size() >= MAX_CUTS || !memory.tryResize(all + updateBytes(limit))) {
            return null;
        }
        Buffer made = update(limit);
        cutBytes += made.length();
        cuts.put(limit, made);
        memory.resize(size() + cutBytes);
        return made;
    }

    /** Nobody cuts anything out of it any more. */
    void forget() {
        memory.close();
    }
}
