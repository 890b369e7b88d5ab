package org.xfchat.conversation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.ConversationList.Next;
import org.xfchat.conversation.ConversationList.Place;
import org.xfchat.database.NativeSql;
import org.xfchat.participant.Participants;

/** What the database says of a user's conversations. Every method runs inside its caller's transaction. */
@Singleton
class ConversationRows {
    /** A group of one has nobody to talk to; old databases have some, whose history stays readable. */
    private static final String LISTED = """
            c.kind = any(?2) and (c.kind <> 'group' or exists (select from conversation_participants other
                                                               where other.conversation_id = c.id and other.user_id <> ?1))""";

    /** The order of a user's conversations, and how much of JSON each is: its text, its participants, and the rest. */
    private static final String PLACES = """
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
            %%s
            order by active_at desc, id
            limit ?3
            """.formatted(LISTED);

    private static final String FIRST_PLACES = PLACES.formatted("");

    private static final String NEXT_PLACES = PLACES.formatted("""
            where active_at < timestamptz 'epoch' + ?4 * interval '1 microsecond'
                or (active_at = timestamptz 'epoch' + ?4 * interval '1 microsecond' and id > ?5)""");

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

    private final NativeSql sql;

    ConversationRows(NativeSql sql) {
        this.sql = sql;
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
     * Where conversations stand in a user's list, most recently active first.
     *
     * @param after null for the beginning
     */
    List<Next> places(ConversationList.Query query, @Nullable Place after, int limit) {
        String[] kinds = query.kinds().toArray(String[]::new);
        NativeSql.Query found = after == null
                ? sql.query(FIRST_PLACES, query.user(), kinds, limit)
                : sql.query(NEXT_PLACES, query.user(), kinds, limit, after.micros(), after.conversation());
        return found.list(row ->
                new Next(new Place(row.get(1, Long.class), row.get(0, UUID.class)), row.get(2, Long.class)));
    }

    /** Those of these conversations in which the user takes part, in any order. */
    List<Row> of(UUID user, List<UUID> conversations) {
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
