package org.xfchat.message;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Log;
import org.xfchat.log.Position;
import org.xfchat.participant.Participants;

/** What one has to know of a conversation's log before anything of it is read: in one statement, since everybody begins with it. */
@Singleton
class LogFacts {
    /** Each lateral's limit makes it one probe by id or version, whatever the planner, which plans once, guesses of an array's length. */
    private static final String FACTS = """
            select everybody.users, everybody.read_seqs, head.seq, head.version, epoch, named.names, named.seqs
            from log_epoch
            join conversations c on c.id = ? and c.kind <> 'room'
            cross join lateral (
                select coalesce(array_agg(user_id), '{}') as users, coalesce(array_agg(read_seq), '{}') as read_seqs
                from conversation_participants where conversation_id = c.id) everybody
            left join lateral (
                select seq, coalesce(version, cast(id as text)) as version from chat_messages
                where conversation_id = c.id order by seq desc limit 1) head on true
            cross join lateral (
                select coalesce(array_agg(name), '{}') as names, coalesce(array_agg(seq), '{}') as seqs
                from (select m.version as name, m.seq from unnest(cast(? as text[])) as asked (version)
                      cross join lateral (select version, seq from chat_messages
                                          where conversation_id = c.id and version = asked.version limit 1) m
                      union all
                      select cast(m.id as text), m.seq from unnest(cast(? as uuid[])) as asked (id)
                      cross join lateral (select id, conversation_id, version, seq from chat_messages
                                          where id = asked.id limit 1) m
                      where m.conversation_id = c.id and m.version is null) as state) named
            """;

    private final Transactions transactions;

    LogFacts(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * A log as somebody who takes part finds it.
     *
     * @param positions those of the versions that were asked for that are states of this log, by the version as it was given
     */
    record Facts(Participants participants, Position head, int epoch, Map<String, Position> positions) {
        /** The newest of these versions; empty when one of them is unknown, or there are none. */
        OptionalLong newest(Collection<String> versions) {
            OptionalLong newest = OptionalLong.empty();
            for (String version : versions) {
                Position known = positions.get(version);
                if (known == null) {
                    return OptionalLong.empty();
                }
                newest = OptionalLong.of(Math.max(known.seq(), newest.orElse(0)));
            }
            return newest;
        }
    }

    /**
     * The facts of a direct or group conversation.
     *
     * @param versions whose positions are wanted; a message id in another case is the same id
     * @throws ApiException {@code CONVERSATION_NOT_FOUND} when there is none, or it is the room, which has its own address;
     *     {@code NOT_PARTICIPANT} when the reader does not take part
     */
    Facts of(UUID conversation, UUID reader, Collection<String> versions) {
        UUID[] ids = versions.stream().filter(Log::isUuid).map(UUID::fromString).toArray(UUID[]::new);
        String[] names =
                versions.stream().filter(version -> !Log.isUuid(version)).toArray(String[]::new);
        Facts facts =
                transactions.ask(FACTS, row -> facts(row, conversation, versions), conversation, names, ids).stream()
                        .findFirst()
                        .orElseThrow(() -> new ApiException(ErrorCode.CONVERSATION_NOT_FOUND));
        if (!facts.participants().readSeqs().containsKey(reader)) {
            throw new ApiException(ErrorCode.NOT_PARTICIPANT);
        }
        return facts;
    }

    private static Facts facts(ResultSet row, UUID conversation, Collection<String> versions) throws SQLException {
        String version = row.getString(4);
        return new Facts(
                Participants.of((UUID[]) row.getArray(1).getArray(), (Long[])
                        row.getArray(2).getArray()),
                version == null ? Position.root(conversation) : new Position(row.getLong(3), version),
                row.getInt(5),
                positions(conversation, versions, (String[]) row.getArray(6).getArray(), (Long[])
                        row.getArray(7).getArray()));
    }

    private static Map<String, Position> positions(
            UUID conversation, Collection<String> versions, String[] names, Long[] seqs) {
        Map<String, Long> known = new HashMap<>();
        known.put(conversation.toString(), Position.root(conversation).seq());
        for (int i = 0; i < names.length; i++) {
            known.put(names[i], seqs[i]);
        }
        Map<String, Position> positions = new HashMap<>();
        for (String version : versions) {
            String name = Log.isUuid(version) ? version.toLowerCase(Locale.ROOT) : version;
            Long seq = known.get(name);
            if (seq != null) {
                positions.put(version, new Position(seq, name));
            }
        }
        return positions;
    }
}
