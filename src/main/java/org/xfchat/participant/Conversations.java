package org.xfchat.participant;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.xfchat.database.NativeSql;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Opens conversations and says who takes part. Every method runs inside its caller's transaction. */
@Singleton
public class Conversations {
    private final NativeSql sql;

    Conversations(NativeSql sql) {
        this.sql = sql;
    }

    /**
     * The direct conversation of two users, opened when there is none; both take part in it afterwards. The caller holds
     * the locks of both accounts.
     */
    public UUID openDirect(UUID createdBy, UUID other) {
        UUID opened = UUID.randomUUID();
        sql.update("""
                        insert into conversations (id, kind, pair_low, pair_high, created_by)
                        values (?1, 'direct', least(?2, ?3), greatest(?2, ?3), ?2)
                        on conflict (pair_low, pair_high) where pair_low is not null do nothing
                        """, opened, createdBy, other);
        UUID conversation = sql.query("""
                        select id from conversations
                        where kind = 'direct' and pair_low = least(?1, ?2) and pair_high = greatest(?1, ?2)
                        """, createdBy, other).one(row -> row.get(0, UUID.class));
        sql.update("""
                        insert into conversation_participants (conversation_id, user_id)
                        select ?1, user_id from unnest(?2) as users (user_id) order by user_id
                        on conflict do nothing
                        """, conversation, NativeSql.ids(List.of(createdBy, other)));
        return conversation;
    }

    /**
     * The participants of a direct or group conversation.
     *
     * @throws ApiException {@code CONVERSATION_NOT_FOUND} when there is none, or it is the room, which has its own address;
     *     {@code NOT_PARTICIPANT} when the user does not take part
     */
    public Participants require(UUID conversation, UUID user) {
        Map<UUID, Long> readSeqs = new HashMap<>();
        sql.query("""
                        select p.user_id, p.read_seq
                        from conversations c left join conversation_participants p on p.conversation_id = c.id
                        where c.id = ?1 and c.kind <> 'room'
                        """, conversation)
                // Of one in which nobody takes part, a row of nulls.
                .each(row -> readSeqs.put(row.get(0, UUID.class), row.get(1, Long.class)));
        if (readSeqs.isEmpty()) {
            throw new ApiException(ErrorCode.CONVERSATION_NOT_FOUND);
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
        return Set.copyOf(sql.query(
                        """
                        select p.conversation_id, p.user_id
                        from unnest(?1, ?2) as asked (conversation_id, user_id)
                        join conversation_participants p using (conversation_id, user_id)
                        """,
                        NativeSql.ids(readers.stream().map(Reader::conversation).toList()),
                        NativeSql.ids(readers.stream().map(Reader::user).toList()))
                .list(row -> new Reader(row.get(0, UUID.class), row.get(1, UUID.class))));
    }

    /** Marks everything up to {@code seq} as read; false, and nothing done, when so much was read already. */
    public boolean markRead(UUID conversation, UUID user, long seq) {
        int moved = sql.update("""
                        update conversation_participants set read_seq = ?3
                        where conversation_id = ?1 and user_id = ?2 and read_seq < ?3
                        """, conversation, user, seq);
        return moved > 0;
    }
}
