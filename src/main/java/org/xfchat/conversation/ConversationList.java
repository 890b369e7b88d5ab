package org.xfchat.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.memory.Reservation;

/**
 * A user's conversations with last message and unread count: a statement for the first ones, and one for each two megabytes
 * after them.
 */
@Singleton
public class ConversationList {
    /** A page ends here, in bytes of JSON, with at least one conversation. */
    static final int MAX_BYTES = 4 << 20;

    /** What is read at once, in bytes of JSON, and how often it is there meanwhile. */
    private static final long MOST_AT_ONCE = 2 << 20;

    private static final long COPIES = 3;

    /** What is read first: some forty conversations, for which a small reservation is enough. It also tells the size of the rest. */
    private static final long LEAST_AT_ONCE = 40 << 10;

    private final Transactions transactions;
    private final ConversationRows rows;
    private final NativeSql sql;
    private final ObjectWriter json;

    ConversationList(Transactions transactions, ConversationRows rows, NativeSql sql, ObjectMapper json) {
        this.json = json.writerFor(ConversationView.class);
        this.transactions = transactions;
        this.rows = rows;
        this.sql = sql;
    }

    /** Where a conversation stands in a user's list: when something last happened in it, and its id. */
    record Place(long micros, UUID conversation) {}

    /**
     * What is listed.
     *
     * @param kinds {@code direct}, {@code group}
     * @param after null for the beginning
     */
    record Query(
            UUID user,
            List<String> kinds,
            int limit,
            @Nullable Place after) {}

    /**
     * Some conversations.
     *
     * @param elements of a JSON array
     * @param bytes of all elements
     * @param next where the list goes on; null at its end
     */
    record Page(List<byte[]> elements, int bytes, @Nullable Place next) {}

    /**
     * Most recently active first, as many as are asked for and fit into {@link #MAX_BYTES}.
     *
     * @param memory of the page, as large as that and what it is made from
     */
    Page page(Query query, Reservation memory) {
        long enough = COPIES * LEAST_AT_ONCE;
        while (true) {
            memory.await(enough);
            Listing listing = new Listing(query, memory, enough);
            if (transactions.read(listing::isMade)) {
                return listing.page();
            }
            // Again from the beginning, once there is enough for all that is known to be listed.
            enough = listing.enough();
        }
    }

    /** A page that is being made. */
    private final class Listing {
        private final Query query;
        private final Reservation memory;
        private long reserved;
        private final List<byte[]> elements = new ArrayList<>();
        private int bytes;
        private @Nullable Place last;

        // Of what follows.
        private long bytesAfter;
        private boolean isAtEnd;
        private boolean isFull;

        /** @param reserved how much memory there is already */
        Listing(Query query, Reservation memory, long reserved) {
            this.query = query;
            this.memory = memory;
            this.reserved = reserved;
            this.last = query.after();
        }

        Page page() {
            return new Page(elements, bytes, isAtEnd ? null : last);
        }

        /** What all that is known takes as a page, while the last part of it is added. */
        long enough() {
            long most = Math.min(MAX_BYTES, bytes + bytesAfter);
            return 2 * most + COPIES * Math.max(LEAST_AT_ONCE, Math.min(MOST_AT_ONCE, most));
        }

        /** False where there is no memory for the rest. */
        boolean isMade() {
            // A conversation that becomes active meanwhile must not leap from what follows to what was listed already.
            sql.update("set transaction isolation level repeatable read");
            while (true) {
                add(room());
                if (isDone()) {
                    return resize(2L * bytes);
                }
                if (room() < LEAST_AT_ONCE
                        && !resize(2L * bytes + COPIES * Math.max(LEAST_AT_ONCE, Math.min(MOST_AT_ONCE, bytesAfter)))) {
                    return false;
                }
            }
        }

        private boolean isDone() {
            return isAtEnd || isFull || elements.size() == query.limit();
        }

        /** What is there will be there a second time, as one answer. */
        private long room() {
            return Math.min(MOST_AT_ONCE, (reserved - 2L * bytes) / COPIES);
        }

        private boolean resize(long size) {
            boolean resized = memory.tryResize(size);
            if (resized) {
                reserved = size;
            }
            return resized;
        }

        private void add(long room) {
            int left = query.limit() - elements.size();
            // One more than are wanted, so that one sees whether that is all.
            List<ConversationRows.Row> more = rows.list(query, last, left + 1L, room);
            isAtEnd = more.isEmpty();
            for (ConversationRows.Row row : more.subList(0, Math.min(left, more.size()))) {
                byte[] element = written(row.view());
                if (bytes + element.length >= MAX_BYTES && bytes > 0) {
                    isFull = true;
                    return;
                }
                elements.add(element);
                bytes += element.length;
                last = row.place();
                bytesAfter = row.bytesAfter();
                isAtEnd = row.after() == 0;
            }
        }
    }

    /** One conversation as this user sees it; empty when the user does not take part in it. */
    public Optional<ConversationView> one(UUID user, UUID conversation) {
        return transactions.read(() -> rows.one(user, conversation));
    }

    private byte[] written(ConversationView view) {
        try {
            return json.writeValueAsBytes(view);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a conversation is always writable", impossible);
        }
    }
}
