package org.xfchat.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.xfchat.database.Transactions;
import org.xfchat.error.UuidForm;

/** Reads conversations' logs, {@link Lanes} appends to them. Each method is one statement, by itself: never in a transaction. */
@Singleton
public class Log {
    /** A window ends here, in bytes of text, with at least one entry. */
    public static final int MAX_WINDOW_BYTES = 4 << 20;

    private static final String NO_ATTRIBUTES = "{}";

    static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

    private static final String WINDOW = """
            select id, conversation_id, seq, sender_id, own, coalesce(parent, cast(conversation_id as text)),
                   type, content, true, cast(attributes as text), created_at
            from (
                select *, row_number() over newest_first as position,
                       lead(own) over newest_first as parent,
                       sum(octet_length(content)) over newest_first as bytes,
                       sum(octet_length(content) + octet_length(cast(attributes as text))) over newest_first as held
                from (select *, coalesce(version, cast(id as text)) as own from chat_messages
                      where conversation_id = ? and seq <= ?
                      order by seq desc limit ? + 1) as page
                window newest_first as (order by seq desc)
            ) as measured
            where position <= ? and (bytes <= ? or position = 1) and held <= ?
            order by seq desc
            """;

    private static final String MEASURE = """
            select count(*), coalesce(max(held), 0)
            from (
                select row_number() over newest_first as position,
                       sum(octet_length(content)) over newest_first as bytes,
                       sum(octet_length(content) + octet_length(cast(attributes as text))) over newest_first as held
                from (select seq, content, attributes from chat_messages
                      where conversation_id = ? and seq <= ?
                      order by seq desc limit ?) as page
                window newest_first as (order by seq desc)
            ) as measured
            where bytes <= ? or position = 1
            """;

    /** The entry before the first of each part is read too: its version is the first one's parent. */
    private static final String AFTER = """
            select id, conversation_id, seq, sender_id, own, coalesce(parent, cast(conversation_id as text)),
                   type, content, true, cast(attributes as text), created_at, place
            from (
                select page.*, after, place, lag(own) over (partition by place order by seq) as parent,
                       sum(octet_length(content)) filter (where seq > after) over (order by place, seq) as bytes,
                       count(*) filter (where seq > after) over (order by place, seq) as number
                from unnest(cast(? as uuid[]), cast(? as bigint[]), cast(? as bigint[])) with ordinality
                    as asked (conversation, after, up_to, place)
                cross join lateral (select *, coalesce(version, cast(id as text)) as own from chat_messages
                                    where conversation_id = asked.conversation
                                      and seq >= asked.after and seq <= asked.up_to
                                    order by seq limit ? + 1) as page
            ) as measured
            where seq > after and seq <= after + ? and (bytes <= ? or number = 1)
            order by place, seq
            """;

    private final Transactions transactions;
    private final ObjectMapper json;

    Log(Transactions transactions, ObjectMapper json) {
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
        return transactions.ask("""
                        select seq, coalesce(version, cast(id as text)) from chat_messages
                        where conversation_id = ? order by seq desc limit 1
                        """, row -> new Position(row.getLong(1), row.getString(2)), conversation).stream()
                .findFirst()
                .orElseGet(() -> Position.root(conversation));
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
        return transactions.ask(WINDOW, row -> entry(row, 1), conversation, upTo, limit, limit, MAX_WINDOW_BYTES, room);
    }

    /** What {@link #window} would read with room for everything. */
    public Measured measure(UUID conversation, long upTo, int limit) {
        return transactions
                .ask(
                        MEASURE,
                        row -> new Measured(row.getInt(1), row.getLong(2)),
                        conversation,
                        upTo,
                        limit,
                        MAX_WINDOW_BYTES)
                .get(0);
    }

    /** The entries of a conversation after {@code after} up to {@code upTo}. */
    public record Part(UUID conversation, long after, long upTo) {}

    /**
     * The entries of each part, oldest first, in the order of the parts: at most {@code limit} of each, and of all parts together
     * no more than {@code bytes} of text unless the first entry alone is larger. Where that is reached the rest of a part, and
     * all later ones, are left out.
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
        transactions
                .ask("""
                        select asked.id, head.seq from unnest(cast(? as uuid[])) as asked (id)
                        cross join lateral (select seq from chat_messages
                                            where conversation_id = asked.id order by seq desc limit 1) head
                        """, row -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)), (Object)
                        conversations.toArray(UUID[]::new))
                .forEach(head -> heads.put(head.getKey(), head.getValue()));
        return heads;
    }

    /** Raised when the database went back in time: positions of another epoch mean nothing in this one. */
    public int epoch() {
        return transactions
                .ask("select epoch from log_epoch", row -> row.getInt(1))
                .get(0);
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
