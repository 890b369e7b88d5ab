package org.xfchat.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.error.UuidForm;

/** Reads conversations' logs, inside its caller's transaction unless said otherwise; {@link Lanes} appends to them. */
@Singleton
public class Log {
    /** A window ends here, in bytes of text, with at least one entry. */
    public static final int MAX_WINDOW_BYTES = 4 << 20;

    private static final String NO_ATTRIBUTES = "{}";

    static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

    /** The entry before the first of each part is read too: its version is the first one's parent. */
    private static final String AFTER = """
            select id, conversation_id, seq, sender_id, own, coalesce(parent, cast(conversation_id as text)),
                   type, content, true, cast(attributes as text), created_at, place
            from (
                select page.*, after, place, lag(own) over (partition by place order by seq) as parent,
                       sum(octet_length(content)) filter (where seq > after) over (order by place, seq) as bytes,
                       count(*) filter (where seq > after) over (order by place, seq) as number
                from unnest(?, ?, ?) with ordinality as asked (conversation, after, up_to, place)
                cross join lateral (select *, coalesce(version, cast(id as text)) as own from chat_messages
                                    where conversation_id = asked.conversation
                                      and seq >= asked.after and seq <= asked.up_to
                                    order by seq limit ? + 1) as page
            ) as measured
            where seq > after and seq <= after + ? and (bytes <= ? or number = 1)
            order by place, seq
            """;

    private final NativeSql sql;
    private final Transactions transactions;
    private final ObjectMapper json;

    Log(NativeSql sql, Transactions transactions, ObjectMapper json) {
        this.sql = sql;
        this.transactions = transactions;
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

    /** The entries of a conversation after {@code after} up to {@code upTo}. */
    public record Part(UUID conversation, long after, long upTo) {}

    /**
     * The entries of each part, oldest first, in the order of the parts: at most {@code limit} of each, and of all parts together
     * no more than {@code bytes} of text unless the first entry alone is larger. Where that is reached the rest of a part, and
     * all later ones, are left out. A statement by itself, which needs no transaction.
     */
    public List<List<Entry>> after(List<Part> parts, int limit, long bytes) {
        List<List<Entry>> found =
                Stream.<List<Entry>>generate(ArrayList::new).limit(parts.size()).toList();
        transactions
                .ask(
                        AFTER,
                        this::placed,
                        parts.stream().map(Part::conversation).toArray(UUID[]::new),
                        parts.stream().map(Part::after).toArray(Long[]::new),
                        parts.stream().map(Part::upTo).toArray(Long[]::new),
                        limit,
                        limit,
                        bytes)
                .forEach(placed -> found.get(placed.place() - 1).add(placed.entry()));
        return found;
    }

    /** @param place of the entry's part, from 1 on */
    private record Placed(int place, Entry entry) {}

    private Placed placed(ResultSet row) throws SQLException {
        return new Placed(row.getInt(12), entry(row, 1));
    }

    /** An entry from eleven columns that follow each other: its fields in their order, attributes as text. */
    public Entry entry(ResultSet row, int first) throws SQLException {
        return new Entry(
                row.getObject(first, UUID.class),
                row.getObject(first + 1, UUID.class),
                row.getLong(first + 2),
                row.getObject(first + 3, UUID.class),
                row.getString(first + 4),
                row.getString(first + 5),
                row.getString(first + 6),
                row.getString(first + 7),
                row.getBoolean(first + 8),
                attributes(row.getString(first + 9)),
                row.getObject(first + 10, OffsetDateTime.class).toInstant());
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
                attributes(row.get(9, String.class)),
                row.get(10, Instant.class));
    }

    private Map<String, Object> attributes(String stored) {
        if (stored.equals(NO_ATTRIBUTES)) {
            return Map.of();
        }
        try {
            return json.readValue(stored, ATTRIBUTES);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("jsonb is JSON", impossible);
        }
    }
}
