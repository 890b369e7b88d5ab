package org.xfchat.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Transactions;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;

/**
 * A user's conversations with last message and unread count: a statement for their order, and two for each batch of them,
 * which has hundreds.
 */
@Singleton
public class ConversationList {
    /** A page ends here, in bytes of JSON, with at least one conversation. */
    static final int MAX_BYTES = 4 << 20;

    /** How many conversations are looked for at once, and what they take. */
    private static final int PLACES = 1000;

    private static final long PLACES_BYTES = 128 << 10;
    /** What is read at once, in bytes of JSON, and how often it is there meanwhile. */
    private static final long BATCH_BYTES = 1 << 20;

    private static final long COPIES = 3;

    private final Transactions transactions;
    private final ConversationRows rows;
    private final Log log;
    private final ObjectWriter json;

    ConversationList(Transactions transactions, ConversationRows rows, Log log, ObjectMapper json) {
        this.json = json.writerFor(ConversationView.class);
        this.transactions = transactions;
        this.rows = rows;
        this.log = log;
    }

    /** Where a conversation stands in a user's list: when something last happened in it, and its id. */
    record Place(long micros, UUID conversation) {}

    /** A conversation that comes next, and how much of JSON it is, roughly. */
    record Next(Place place, long bytes) {}

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
        long needed = PLACES_BYTES;
        while (true) {
            memory.await(needed);
            Listing listing = new Listing(query, needed);
            if (transactions.read(() -> listing.isMade(memory))) {
                return listing.page();
            }
            // Again from the beginning, once there is enough for all that is known to be listed.
            needed = Math.max(listing.needed, listing.neededInAll());
        }
    }

    /** A page that is being made. */
    private final class Listing {
        private final Query query;
        private final long reserved;
        private final List<byte[]> elements = new ArrayList<>();
        private int bytes;
        private final Deque<Next> places = new ArrayDeque<>();
        private @Nullable Place reached;
        private @Nullable Place last;
        private int count;
        private boolean isAtEnd;
        private boolean isFull;
        private long placesBytes;
        private long needed = PLACES_BYTES;

        /** @param reserved how much memory there is already */
        Listing(Query query, long reserved) {
            this.query = query;
            this.reserved = reserved;
            this.reached = query.after();
        }

        /** What the places that were found take as a page, while the last batch is added. */
        long neededInAll() {
            long most = Math.min(MAX_BYTES, placesBytes);
            return PLACES_BYTES + 2 * most + COPIES * Math.min(BATCH_BYTES, most);
        }

        Page page() {
            return new Page(elements, bytes, isAtEnd && places.isEmpty() ? null : last);
        }

        /** False where there is no memory for the rest. */
        boolean isMade(Reservation memory) {
            while (true) {
                if (places.isEmpty() && !isAtEnd) {
                    look();
                }
                List<Next> batch = batch();
                if (!memory.tryResize(Math.max(reserved, needed))) {
                    return false;
                }
                if (batch.isEmpty()) {
                    return memory.tryResize(needed);
                }
                add(batch);
            }
        }

        private void look() {
            List<Next> more = rows.places(query, reached, PLACES);
            isAtEnd = more.size() < PLACES;
            places.addAll(more);
            placesBytes += more.stream().mapToLong(Next::bytes).sum();
            if (!more.isEmpty()) {
                reached = more.get(more.size() - 1).place();
            }
        }

        private List<Next> batch() {
            List<Next> batch = new ArrayList<>();
            long more = 0;
            for (Next next : isFull ? List.<Next>of() : places) {
                if (count + batch.size() == query.limit() || (more + next.bytes() > BATCH_BYTES && more > 0)) {
                    break;
                }
                batch.add(next);
                more += next.bytes();
            }
            // What is there will be there a second time, as one answer.
            needed = PLACES_BYTES + 2L * bytes + COPIES * more;
            return batch;
        }

        private void add(List<Next> batch) {
            Map<UUID, ConversationView> found = new HashMap<>();
            var ids = batch.stream().map(next -> next.place().conversation()).toList();
            views(query.user(), ids).forEach(view -> found.put(view.id(), view));
            for (Next next : batch) {
                ConversationView view = found.get(next.place().conversation());
                if (view != null) {
                    byte[] element = written(view);
                    if (bytes + element.length >= MAX_BYTES && bytes > 0) {
                        isFull = true;
                        return;
                    }
                    elements.add(element);
                    bytes += element.length;
                }
                last = next.place();
                count++;
                places.remove();
            }
        }
    }

    /** One conversation as this user sees it; empty when the user does not take part in it. */
    public Optional<ConversationView> one(UUID user, UUID conversation) {
        return transactions.read(() -> views(user, List.of(conversation))).stream()
                .findFirst();
    }

    /** In any order. */
    private List<ConversationView> views(UUID user, List<UUID> conversations) {
        List<ConversationRows.Row> found = rows.of(user, conversations);
        Map<UUID, Entry> newest = log.newest(
                found.stream().map(ConversationRows.Row::id).toList(),
                ConversationView.WHOLE_BYTES,
                ConversationView.PREVIEW_CODE_POINTS + 1);
        return found.stream()
                .map(row -> ConversationView.of(row, newest.get(row.id())))
                .toList();
    }

    private byte[] written(ConversationView view) {
        try {
            return json.writeValueAsBytes(view);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a conversation is always writable", impossible);
        }
    }
}
