package org.xfchat.participant;

import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Opens conversations and says who takes part. Every method runs inside its caller's transaction. */
@Singleton
public class Conversations {
    private final Session session;

    Conversations(Session session) {
        this.session = session;
    }

    /**
     * The direct conversation of two users, opened when there is none; both take part in it afterwards. The caller holds
     * the locks of both accounts.
     */
    public UUID openDirect(UUID createdBy, UUID other) {
        UUID opened = UUID.randomUUID();
        session.createNativeMutationQuery("""
                        insert into conversations (id, kind, pair_low, pair_high, created_by)
                        values (?1, 'direct', least(?2, ?3), greatest(?2, ?3), ?2)
                        on conflict (pair_low, pair_high) where pair_low is not null do nothing
                        """)
                .setParameter(1, opened)
                .setParameter(2, createdBy)
                .setParameter(3, other)
                .executeUpdate();
        UUID conversation = session.createNativeQuery("""
                        select id from conversations
                        where kind = 'direct' and pair_low = least(?1, ?2) and pair_high = greatest(?1, ?2)
                        """, UUID.class)
                .setParameter(1, createdBy)
                .setParameter(2, other)
                .getSingleResult();
        session.createNativeMutationQuery("""
                        insert into conversation_participants (conversation_id, user_id)
                        select ?1, user_id from unnest(?2) as users (user_id) order by user_id
                        on conflict do nothing
                        """)
                .setParameter(1, conversation)
                .setParameter(2, new UUID[] {createdBy, other})
                .executeUpdate();
        return conversation;
    }

    /**
     * The participants of a direct or group conversation.
     *
     * @throws ApiException {@code CONVERSATION_NOT_FOUND} when there is none, or it is the room, which has its own address;
     *     {@code NOT_PARTICIPANT} when the user does not take part
     */
    public Participants require(UUID conversation, UUID user) {
        List<Tuple> rows = session.createNativeQuery("""
                        select p.user_id, p.read_seq
                        from conversations c left join conversation_participants p on p.conversation_id = c.id
                        where c.id = ?1 and c.kind <> 'room'
                        """, Tuple.class)
                .setParameter(1, conversation)
                .getResultList();
        if (rows.isEmpty()) {
            throw new ApiException(ErrorCode.CONVERSATION_NOT_FOUND);
        }
        Map<UUID, Long> readSeqs = new HashMap<>();
        for (Tuple row : rows) {
            if (row.get(0) != null) {
                readSeqs.put(row.get(0, UUID.class), row.get(1, Long.class));
            }
        }
        if (!readSeqs.containsKey(user)) {
            throw new ApiException(ErrorCode.NOT_PARTICIPANT);
        }
        return new Participants(Map.copyOf(readSeqs));
    }

    /** A conversation and somebody who reads it. */
    public record Reader(UUID conversation, UUID user) {}

    /** Those of the readers who still take part. */
    public Set<Reader> participating(Collection<Reader> readers) {
        // Tuples, of which Hibernate keeps one plan.
        return session.createNativeQuery("""
                        select p.conversation_id, p.user_id
                        from unnest(?1, ?2) as asked (conversation_id, user_id)
                        join conversation_participants p using (conversation_id, user_id)
                        """, Tuple.class)
                .setParameter(1, readers.stream().map(Reader::conversation).toArray(UUID[]::new))
                .setParameter(2, readers.stream().map(Reader::user).toArray(UUID[]::new))
                .getResultStream()
                .map(row -> new Reader(row.get(0, UUID.class), row.get(1, UUID.class)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The conversation of all live accounts, in which nobody takes part by a row. */
    public UUID room() {
        return session.createNativeQuery("select id from conversations where kind = 'room'", Tuple.class)
                .getSingleResult()
                .get(0, UUID.class);
    }

    /** Marks everything up to {@code seq} as read; false, and nothing done, when so much was read already. */
    public boolean markRead(UUID conversation, UUID user, long seq) {
        int moved = session.createNativeMutationQuery("""
                        update conversation_participants set read_seq = ?3
                        where conversation_id = ?1 and user_id = ?2 and read_seq < ?3
                        """)
                .setParameter(1, conversation)
                .setParameter(2, user)
                .setParameter(3, seq)
                .executeUpdate();
        return moved > 0;
    }
}
