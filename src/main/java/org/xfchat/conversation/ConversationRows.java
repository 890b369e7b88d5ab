package org.xfchat.conversation;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.ConversationList.Place;
import org.xfchat.database.NativeSql;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.participant.Participants;

/** What the database says of a user's conversations. Every method runs inside its caller's transaction. */
@Singleton
class ConversationRows {
    /**
     * A user's conversations in their order; of each how much of JSON it is, roughly, and what is listed of it. Every table is reached
     * by index probes, a handful for each conversation, and texts are only read of those for which there is room.
     *
     * <p>A group of one has nobody to talk to; old databases have some, whose history stays readable. Who writes has read what is above
     * it, and positions have no gaps: so the unread entries are those after the user's newest own one, which is looked for among the
     * newest thousand, because more are not counted; without that limit the planner might read everything that the user ever wrote.
     */
    private static final String LIST = """
            select listed.id, kind, name, other.username, everybody.users, everybody.read_seqs,
                   cast(least(1000, greatest(0, coalesce(seq, 0) - greatest(read_seq, (
                       select own.seq
                       from (select o.seq, o.sender_id from chat_messages o
                             where o.conversation_id = listed.id and o.seq > listed.read_seq
                             order by o.seq desc limit 1000) own
                       where own.sender_id = ? order by own.seq desc limit 1)))) as integer),
                   listed.created_at, cast(extract(epoch from active_at) * 1000000 as bigint),
                   bytes_in_all - held, number_in_all - place,
                   message_id, listed.id, seq, sender_id, coalesce(version, cast(message_id as text)),
                   coalesce((select coalesce(previous.version, cast(previous.id as text)) from chat_messages previous
                             where previous.conversation_id = listed.id and previous.seq = listed.seq - 1),
                            cast(listed.id as text)),
                   type,
                   case when octet_length(content) <= %1$s then content else left(content, %2$s) end,
                   octet_length(content) <= %1$s, cast(attributes as text), written_at
            from (
                select mine.*, row_number() over ordered as place,
                       sum(bytes) over ordered as held, sum(bytes) over () as bytes_in_all, count(*) over () as number_in_all
                from (
                    select *
                    from (
                        select c.id, c.kind, c.name, c.created_at, p.read_seq,
                               case when c.pair_low = p.user_id then c.pair_high else c.pair_low end as other_id,
                               head.*, coalesce(head.written_at, c.created_at) as active_at,
                               cast(%3$s + coalesce(least(octet_length(head.content), %1$s)
                                                        + octet_length(cast(head.attributes as text)), 0)
                                    + 80 * (case when c.kind = 'direct' then 2
                                                 else (select count(*) from conversation_participants every
                                                       where every.conversation_id = c.id) end) as bigint) as bytes
                        from conversation_participants p
                        join conversations c on c.id = p.conversation_id
                        left join lateral (
                            select m.id as message_id, m.seq, m.sender_id, m.version, m.type, m.content, m.attributes,
                                   m.created_at as written_at
                            from chat_messages m where m.conversation_id = c.id order by m.seq desc limit 1) head on true
                        where p.user_id = ? %4$s
                    ) as participating
                    %5$s
                ) as mine
                window ordered as (order by active_at desc, id)
            ) as listed
            left join users other on other.id = listed.other_id
            cross join lateral (
                select array_agg(user_id) as users, array_agg(every.read_seq) as read_seqs
                from conversation_participants every where every.conversation_id = listed.id
            ) as everybody
            where held <= ? or place = 1
            order by active_at desc, listed.id
            """;

    /** One more than there is room for, so that one sees whether there are more. */
    private static final String ORDER = """
            order by active_at desc, id
            limit ?
            """;

    private static final String KINDS = """
            and c.kind = any(?)
            and (c.kind <> 'group' or exists (select from conversation_participants other
                                              where other.conversation_id = c.id and other.user_id <> p.user_id))""";

    /** Of JSON, of everything that has a bound of its own. */
    private static final int BYTES = 900;

    private static final String FIRST = list(KINDS, ORDER);

    private static final String NEXT = list(KINDS, """
            where active_at < timestamptz 'epoch' + ? * interval '1 microsecond'
                or (active_at = timestamptz 'epoch' + ? * interval '1 microsecond' and id > ?)
            """ + ORDER);

    private static final String ONE = list("and p.conversation_id = ?", "");

    private final NativeSql sql;
    private final Log log;

    ConversationRows(NativeSql sql, Log log) {
        this.sql = sql;
        this.log = log;
    }

    private static String list(String which, String order) {
        // Numbers as text, so that they have the digits that PostgreSQL reads, whatever the process' language.
        return LIST.formatted(
                ConversationView.WHOLE_BYTES, ConversationView.PREVIEW_CODE_POINTS + 1, BYTES, which, order);
    }

    /** A conversation without its messages. */
    record Conversation(
            UUID id,
            String kind,
            @Nullable String name,
            @Nullable String otherUsername,
            Participants participants,
            int unread,
            Instant createdAt) {}

    /**
     * A conversation in a list.
     *
     * @param bytesAfter of JSON, roughly: of the conversations that follow in the list
     * @param after how many those are
     */
    record Row(ConversationView view, Place place, long bytesAfter, long after) {}

    /**
     * A user's conversations, most recently active first: as many as {@code room} has bytes for, but one at least.
     *
     * @param after null for the beginning
     * @param limit of the list that the rows are the beginning of
     */
    List<Row> list(ConversationList.Query query, @Nullable Place after, long limit, long room) {
        String[] kinds = query.kinds().toArray(String[]::new);
        UUID user = query.user();
        return after == null
                ? sql.list(FIRST, this::row, user, user, kinds, limit, room)
                : sql.list(
                        NEXT,
                        this::row,
                        user,
                        user,
                        kinds,
                        after.micros(),
                        after.micros(),
                        after.conversation(),
                        limit,
                        room);
    }

    /** One conversation as this user sees it; empty when the user does not take part in it. */
    Optional<ConversationView> one(UUID user, UUID conversation) {
        return sql.list(ONE, this::row, user, user, conversation, 0L).stream()
                .findFirst()
                .map(Row::view);
    }

    private Row row(ResultSet row) throws SQLException {
        UUID id = row.getObject(1, UUID.class);
        Entry last = row.getObject(12) == null ? null : log.entry(row, 12);
        ConversationView view = ConversationView.of(
                new Conversation(
                        id,
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Participants.of((UUID[]) row.getArray(5).getArray(), (Long[])
                                row.getArray(6).getArray()),
                        row.getInt(7),
                        row.getObject(8, OffsetDateTime.class).toInstant()),
                last);
        return new Row(view, new Place(row.getLong(9), id), row.getLong(10), row.getLong(11));
    }
}
