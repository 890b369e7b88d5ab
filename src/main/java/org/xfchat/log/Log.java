package org.xfchat.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.xfchat.database.NativeSql;
import org.xfchat.error.UuidForm;

/** Reads conversations' logs, inside its caller's transaction; {@link Lanes} appends to them. */
@Singleton
public class Log {
    /** A window ends here, in bytes of text, with at least one entry. */
    public static final int MAX_WINDOW_BYTES = 4 << 20;

    static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

    private final NativeSql sql;
    private final ObjectMapper json;

    Log(NativeSql sql, ObjectMapper json) {
        this.sql = sql;
        this.json = json;
    }

    /**
     * The result of an append, the same for its replays.
     *
     * @param seq of the entry
     * @param version of the entry
     * @param current the newest version of the log
     */
    public record Appended(long seq, String version, String current) {}

    /** Whether a version is of the form that is reserved for message and conversation ids. */
    public static boolean isUuid(String version) {
        return UuidForm.matches(version);
    }

    /** The newest state. */
    public Position head(UUID conversation) {
        return sql.query("""
                        select seq, coalesce(version, cast(id as text)) from chat_messages
                        where conversation_id = ?1 order by seq desc limit 1
                        """, conversation)
                .first(row -> new Position(row.get(0, Long.class), row.get(1, String.class)))
                .orElseGet(() -> Position.root(conversation));
    }

    /**
     * Those of the versions that are states of this conversation, by the version as it was given. A message id in another
     * case is the same id.
     */
    public Map<String, Position> positions(UUID conversation, Collection<String> versions) {
        Map<String, Long> seqs = seqs(conversation, versions);
        Map<String, Position> positions = new HashMap<>();
        for (String version : versions) {
            String name = isUuid(version) ? version.toLowerCase(Locale.ROOT) : version;
            if (name.equals(conversation.toString())) {
                positions.put(version, Position.root(conversation));
            } else if (seqs.containsKey(name)) {
                positions.put(version, new Position(seqs.get(name), name));
            }
        }
        return positions;
    }

    private Map<String, Long> seqs(UUID conversation, Collection<String> versions) {
        UUID[] ids = versions.stream().filter(Log::isUuid).map(UUID::fromString).toArray(UUID[]::new);
        String[] names = versions.stream().filter(version -> !isUuid(version)).toArray(String[]::new);
        Map<String, Long> seqs = new HashMap<>();
        sql.query("""
                        select version, seq from chat_messages where conversation_id = ?1 and version = any(?2)
                        union all
                        select cast(id as text), seq from chat_messages
                        where id = any(?3) and conversation_id = ?1 and version is null
                        """, conversation, names, ids)
                .each(row -> seqs.put(row.get(0, String.class), row.get(1, Long.class)));
        return seqs;
    }

    /**
     * What a window has.
     *
     * @param bytes of its texts and attributes, as UTF-8
     */
    public record Measured(int entries, long bytes) {}

    /**
     * The entries up to {@code upTo}, newest first: at most {@code limit}, and no more than {@link #MAX_WINDOW_BYTES} of
     * text unless the first one alone is larger; of these no more than fit into {@code room}. Empty when there are none.
     *
     * @param room how much text and attributes may be read, in bytes
     */
    public List<Entry> window(UUID conversation, long upTo, int limit, long room) {
        return sql.query("""
                        select id, conversation_id, seq, sender_id, own, coalesce(parent, cast(conversation_id as text)),
                               type, content, true, cast(attributes as text), created_at
                        from (
                            select *, row_number() over newest_first as position,
                                   lead(own) over newest_first as parent,
                                   sum(octet_length(content)) over newest_first as bytes,
                                   sum(octet_length(content) + octet_length(cast(attributes as text))) over newest_first
                                       as held
                            from (select *, coalesce(version, cast(id as text)) as own from chat_messages
                                  where conversation_id = ?1 and seq <= ?2
                                  order by seq desc limit ?3 + 1) as page
                            window newest_first as (order by seq desc)
                        ) as measured
                        where position <= ?3 and (bytes <= ?4 or position = 1) and held <= ?5
                        order by seq desc
                        """, conversation, upTo, limit, MAX_WINDOW_BYTES, room).list(this::entry);
    }

    /** What {@link #window} would read with room for everything. */
    public Measured measure(UUID conversation, long upTo, int limit) {
        return sql.query("""
                        select cast(count(*) as integer), coalesce(max(held), 0)
                        from (
                            select row_number() over newest_first as position,
                                   sum(octet_length(content)) over newest_first as bytes,
                                   sum(octet_length(content) + octet_length(cast(attributes as text))) over newest_first
                                       as held
                            from (select seq, content, attributes from chat_messages
                                  where conversation_id = ?1 and seq <= ?2
                                  order by seq desc limit ?3) as page
                            window newest_first as (order by seq desc)
                        ) as measured
                        where bytes <= ?4 or position = 1
                        """, conversation, upTo, limit, MAX_WINDOW_BYTES)
                .one(row -> new Measured(row.get(0, Integer.class), row.get(1, Long.class)));
    }

    /**
     * The newest entry of each conversation that has one, by conversation.
     *
     * @param wholeBytes a longer text is cut to its first {@code otherwise} characters
     */
    public Map<UUID, Entry> newest(Collection<UUID> conversations, int wholeBytes, int otherwise) {
        Map<UUID, Entry> newest = new HashMap<>();
        sql.query("""
                        select head.id, head.conversation_id, head.seq, head.sender_id,
                               coalesce(head.version, cast(head.id as text)),
                               coalesce((select coalesce(version, cast(id as text)) from chat_messages previous
                                         where previous.conversation_id = head.conversation_id
                                           and previous.seq = head.seq - 1),
                                        cast(head.conversation_id as text)),
                               head.type,
                               case when octet_length(head.content) <= ?2 then head.content
                                    else left(head.content, ?3) end,
                               octet_length(head.content) <= ?2,
                               cast(head.attributes as text), head.created_at
                        from unnest(?1) as asked (id)
                        cross join lateral (select * from chat_messages
                                            where conversation_id = asked.id order by seq desc limit 1) head
                        """, NativeSql.ids(conversations), wholeBytes, otherwise)
                .each(row -> newest.put(row.get(1, UUID.class), entry(row)));
        return newest;
    }

    /**
     * The entries after {@code after} up to {@code upTo}, oldest first: at most {@code limit}, and no more than {@code bytes}
     * of text unless the first one alone is larger; empty when there are none.
     */
    public List<Entry> after(UUID conversation, long after, long upTo, int limit, long bytes) {
        // The entry before the first is read too: its version is the first one's parent.
        return sql.query("""
                        select id, conversation_id, seq, sender_id, own, coalesce(parent, cast(conversation_id as text)),
                               type, content, true, cast(attributes as text), created_at
                        from (
                            select *, lag(own) over oldest_first as parent,
                                   sum(case when seq > ?2 then octet_length(content) else 0 end) over oldest_first as bytes
                            from (select *, coalesce(version, cast(id as text)) as own from chat_messages
                                  where conversation_id = ?1 and seq >= ?2 and seq <= ?3
                                  order by seq limit ?4 + 1) as page
                            window oldest_first as (order by seq)
                        ) as measured
                        where seq > ?2 and seq <= cast(?2 as bigint) + ?4 and (bytes <= ?5 or seq = ?2 + 1)
                        order by seq
                        """, conversation, after, upTo, limit, bytes).list(this::entry);
    }

    /** The newest position of each conversation that has an entry, by conversation. */
    public Map<UUID, Long> heads(Collection<UUID> conversations) {
        Map<UUID, Long> heads = new HashMap<>();
        sql.query("""
                        select asked.id, head.seq from unnest(?1) as asked (id)
                        cross join lateral (select seq from chat_messages
                                            where conversation_id = asked.id order by seq desc limit 1) head
                        """, NativeSql.ids(conversations))
                .each(row -> heads.put(row.get(0, UUID.class), row.get(1, Long.class)));
        return heads;
    }

    /** Raised when the database went back in time: positions of another epoch mean nothing in this one. */
    public int epoch() {
        return sql.query("select epoch from log_epoch").one(row -> row.get(0, Integer.class));
    }

    private Entry entry(Tuple row) {
        try {
            return new Entry(
                    row.get(0, UUID.class),
                    row.get(1, UUID.class),
                    row.get(2, Long.class),
                    row.get(3, UUID.class),
                    row.get(4, String.class),
                    row.get(5, String.class),
                    row.get(6, String.class),
                    row.get(7, String.class),
                    row.get(8, Boolean.class),
                    json.readValue(row.get(9, String.class), ATTRIBUTES),
                    row.get(10, Instant.class));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("jsonb is JSON", impossible);
        }
    }
}
