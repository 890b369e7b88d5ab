package org.xfchat.message;

import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Participants;
import org.xfchat.database.Transactions;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;

/** A user's conversations with last message and unread count: two statements, however many there are. */
@Singleton
public class ConversationList {
    /** A group of one has nobody to talk to; old databases have some, whose history stays readable. */
    private static final String LISTED = """
            c.kind = any(?2) and (c.kind <> 'group' or exists (select from conversation_participants other
                                                               where other.conversation_id = c.id and other.user_id <> ?1))""";

    private final Transactions transactions;
    private final Session session;
    private final Log log;

    ConversationList(Transactions transactions, Session session, Log log) {
        this.transactions = transactions;
        this.session = session;
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

    /**
     * Most recently active first; empty for none.
     *
     * @param kinds {@code direct}, {@code group}
     */
    List<ConversationView> of(UUID user, List<String> kinds, int limit) {
        return views(() -> rows(select(LISTED), user, kinds.toArray(String[]::new), limit));
    }

    /** One conversation as this user sees it; empty when the user does not take part in it. */
    public Optional<ConversationView> one(UUID user, UUID conversation) {
        return views(() -> rows(select("c.id = ?2"), user, conversation, 1)).stream()
                .findFirst();
    }

    private List<ConversationView> views(Supplier<List<Row>> query) {
        return transactions.read(() -> {
            List<Row> rows = query.get();
            Map<UUID, Entry> newest = log.newest(
                    rows.stream().map(Row::id).toList(),
                    ConversationView.WHOLE_BYTES,
                    ConversationView.PREVIEW_CODE_POINTS + 1);
            return rows.stream()
                    .map(row -> ConversationView.of(row, newest.get(row.id())))
                    .toList();
        });
    }

    private static String select(String which) {
        return """
                        select mine.id, mine.kind, mine.name, other.username, everybody.users, everybody.read_seqs,
                               unread.count, mine.created_at
                        from (
                            select c.*, p.read_seq, coalesce(head.created_at, c.created_at) as active_at
                            from conversation_participants p
                            join conversations c on c.id = p.conversation_id
                            left join lateral (select created_at from chat_messages
                                               where conversation_id = c.id order by seq desc limit 1) head on true
                            where p.user_id = ?1 and %s
                            order by active_at desc, c.id
                            limit ?3
                        ) as mine
                        left join users other
                            on other.id = case when mine.pair_low = ?1 then mine.pair_high else mine.pair_low end
                        cross join lateral (
                            select array_agg(user_id) as users, array_agg(read_seq) as read_seqs
                            from conversation_participants where conversation_id = mine.id
                        ) as everybody
                        cross join lateral (
                            select cast(count(*) as integer) as count
                            from (select from chat_messages
                                  where conversation_id = mine.id and seq > mine.read_seq and sender_id <> ?1
                                  limit 1000) as counted
                        ) as unread
                        order by mine.active_at desc, mine.id
                        """.formatted(which);
    }

    private List<Row> rows(String select, UUID user, Object which, int limit) {
        List<Tuple> rows = session.createNativeQuery(select, Tuple.class)
                .setParameter(1, user)
                .setParameter(2, which)
                .setParameter(3, limit)
                .getResultList();
        return rows.stream()
                .map(row -> new Row(
                        row.get(0, UUID.class),
                        row.get(1, String.class),
                        row.get(2, String.class),
                        row.get(3, String.class),
                        participants(row.get(4, UUID[].class), row.get(5, Long[].class)),
                        row.get(6, Integer.class),
                        row.get(7, Instant.class)))
                .toList();
    }

    private static Participants participants(UUID[] users, Long[] readSeqs) {
        Map<UUID, Long> bySeq = new HashMap<>();
        for (int i = 0; i < users.length; i++) {
            bySeq.put(users[i], readSeqs[i]);
        }
        return new Participants(bySeq);
    }
}
