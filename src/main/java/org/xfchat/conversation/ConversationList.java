package org.xfchat.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;
import org.xfchat.participant.Participants;

/**
 * A user's conversations with last message and unread count: a statement for their order, and two for each batch of them,
 * which has hundreds.
 */
@Singleton
public class ConversationList {
    /** A group of one has nobody to talk to; old databases have some, whose history stays readable. */
    private static final String LISTED = """
            c.kind = any(?2) and (c.kind <> 'group' or exists (select from conversation_participants other
                                                               where other.conversation_id = c.id and other.user_id <> ?1))""";

    /** The order of a user's conversations, and how much of JSON each is: its text, its participants, and the rest. */
    private static final String PLACE = """
            select id, cast(extract(epoch from active_at) * 1000000 as bigint), bytes
            from (
                select c.id, coalesce(head.created_at, c.created_at) as active_at,
                       cast(1200 + coalesce(head.bytes, 0) + 80 * (
                           case when c.kind = 'direct' then 2
                                else (select count(*) from conversation_participants every
                                      where every.conversation_id = c.id) end) as bigint) as bytes
                from conversation_participants p
                join conversations c on c.id = p.conversation_id
                left join lateral (select created_at,
                                          least(octet_length(content), 16384) + octet_length(cast(attributes as text))
                                              as bytes
                                   from chat_messages where conversation_id = c.id order by seq desc limit 1) head on true
                where p.user_id = ?1 and %s
            ) as mine
            %s
            order by active_at desc, id
            limit ?3
            """;

    /** Who writes has read what is above it; so a thousand entries say how many are unread, whoever wrote them. */
    private static final String ROW = """
            select c.id, c.kind, c.name, other.username, everybody.users, everybody.read_seqs, unread.count, c.created_at
            from conversation_participants p
            join conversations c on c.id = p.conversation_id
            left join users other on other.id = case when c.pair_low = ?1 then c.pair_high else c.pair_low end
            cross join lateral (
                select array_agg(user_id) as users, array_agg(read_seq) as read_seqs
                from conversation_participants where conversation_id = c.id
            ) as everybody
            cross join lateral (
                select cast(count(*) as integer) as count
                from (select seq, sender_id, max(case when sender_id = ?1 then seq end) over () as own_seq
                      from (select seq, sender_id from chat_messages
                            where conversation_id = c.id and seq > p.read_seq
                            order by seq desc limit 1000) as newest) as counted
                where sender_id <> ?1 and seq > coalesce(own_seq, 0)
            ) as unread
            where p.user_id = ?1 and p.conversation_id = any(?2)
            """;

    /** A page ends here, in bytes of JSON, with at least one conversation. */
    static final int MAX_BYTES = 4 << 20;

    /** How many conversations are looked for at once, and what they take. */
    private static final int PLACES = 1000;

    private static final long PLACES_BYTES = 128 << 10;
    /** What is read at once, in bytes of JSON, and how often it is there meanwhile. */
    private static final long BATCH_BYTES = 1 << 20;

    private static final long COPIES = 3;

    /** Enough for a page, unless one conversation alone is larger. */
    private static final long MOST_NEEDED = PLACES_BYTES + 2 * MAX_BYTES + COPIES * BATCH_BYTES;

    private final Transactions transactions;
    private final NativeSql sql;
    private final Log log;
    private final ObjectWriter json;

    ConversationList(Transactions transactions, NativeSql sql, Log log, ObjectMapper json) {
        this.json = json.writerFor(ConversationView.class);
        this.transactions = transactions;
        this.sql = sql;
        this.log = log;
    }

    /** A conversation without its messages. */
    record Row(
            UUID id,
            String kind,
            @Nullable String name,
            @Nullable String otherUsername,
            Participants participants,
            int unread,
            Instant createdAt) {}

    /** Where a conversation stands in a user's list: when something last happened in it, and its id. */
    record Place(long micros, UUID conversation) {}

    /** A conversation that comes next, and how much of JSON it is, roughly. */
    private record Next(Place place, long bytes) {}

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
            // Again from the beginning, once there is so much more that a few such rounds are enough for the whole of
            // it.
            needed = Math.max(listing.needed, Math.min(MOST_NEEDED, 2 * needed));
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
        private long needed = PLACES_BYTES;

        /** @param reserved how much memory there is already */
        Listing(Query query, long reserved) {
            this.query = query;
            this.reserved = reserved;
            this.reached = query.after();
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
            List<Next> found = places(query, reached, PLACES);
            isAtEnd = found.size() < PLACES;
            places.addAll(found);
            if (!found.isEmpty()) {
                reached = found.get(found.size() - 1).place();
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
        List<Row> rows = rows(user, conversations);
        Map<UUID, Entry> newest = log.newest(
                rows.stream().map(Row::id).toList(),
                ConversationView.WHOLE_BYTES,
                ConversationView.PREVIEW_CODE_POINTS + 1);
        return rows.stream()
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

    private List<Next> places(Query query, @Nullable Place after, int limit) {
        String beyond = after == null ? "" : """
                where active_at < timestamptz 'epoch' + ?4 * interval '1 microsecond'
                    or (active_at = timestamptz 'epoch' + ?4 * interval '1 microsecond' and id > ?5)""";
        List<Object> parameters =
                new ArrayList<>(List.of(query.user(), query.kinds().toArray(String[]::new), limit));
        if (after != null) {
            parameters.addAll(List.of(after.micros(), after.conversation()));
        }
        return sql.query(PLACE.formatted(LISTED, beyond), parameters.toArray())
                .list(row ->
                        new Next(new Place(row.get(1, Long.class), row.get(0, UUID.class)), row.get(2, Long.class)));
    }

    private List<Row> rows(UUID user, List<UUID> conversations) {
        return sql.query(ROW, user, NativeSql.ids(conversations))
                .list(row -> new Row(
                        row.get(0, UUID.class),
                        row.get(1, String.class),
                        row.get(2, String.class),
                        row.get(3, String.class),
                        Participants.of(row.get(4, UUID[].class), row.get(5, Long[].class)),
                        row.get(6, Integer.class),
                        row.get(7, Instant.class)));
    }
}
