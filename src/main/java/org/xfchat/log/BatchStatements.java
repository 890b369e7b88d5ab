package org.xfchat.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xfchat.log.Decision.Accepted;
import org.xfchat.log.Decision.Facts;
import org.xfchat.log.Decision.Membership;
import org.xfchat.log.Decision.State;
import org.xfchat.log.Decision.Stored;

/** What a batch says to PostgreSQL: locks and questions in one round trip, the rows in another. */
final class BatchStatements {
    /** Lock order: conversations by id. What somebody else holds is skipped, and told from what does not exist below. */
    static final String LOCK = "select id from conversations where id = any(?) order by id for no key update";

    static final String LOCK_FREE = LOCK + " skip locked";

    /**
     * What a batch depends on: in statements after the locking one, whose snapshot is older than its locks, but in the same
     * round trip. Every table is reached from the ids that are asked for, one index probe each.
     */
    static final List<String> FACTS =
            List.of("""
            select c.id, c.kind = 'room', head.seq, head.version, cast(head.created_at as text)
            from conversations c
            left join lateral (select seq, coalesce(version, cast(id as text)) as version, created_at from chat_messages
                               where conversation_id = c.id order by seq desc limit 1) head on true
            where c.id = any(?)
            """, """
            select p.conversation_id, p.user_id from unnest(?, ?) as asked (conversation, member)
            cross join lateral (select conversation_id, user_id from conversation_participants
                                where conversation_id = asked.conversation and user_id = asked.member limit 1) p
            """, "select id from users where id = any(?) and deleted_at is null", """
            select m.id, m.conversation_id, m.sender_id, m.version, m.type,
                   case when octet_length(m.content) = asked.bytes then m.content end, cast(m.attributes as text), m.seq
            from unnest(?, ?) as asked (id, bytes)
            cross join lateral (select * from chat_messages where id = asked.id limit 1) m
            """);

    /** Only for batches with versions or parents. */
    static final List<String> VERSIONS = List.of("""
            select m.conversation_id, m.version from unnest(?, ?) as asked (conversation, version)
            cross join lateral (select conversation_id, version from chat_messages
                                where conversation_id = asked.conversation and version = asked.version limit 1) m
            """, """
            select conversation_id, cast(id as text) from chat_messages where id = any(?) and version is null
            """);

    /**
     * And the end of the transaction, which does not come where the insert fails. In id order: replicas that insert the same ids into
     * different conversations wait for each other, in one direction.
     */
    private static final String INSERT_AND_COMMIT = """
            insert into chat_messages
                (id, conversation_id, seq, sender_id, version, type, content, attributes, created_at)
            select id, conversation_id, seq, sender_id, version, type, content, cast(attributes as jsonb),
                   greatest((select clock_timestamp()), cast(previous as timestamptz))
            from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                as draft (id, conversation_id, seq, sender_id, version, type, content, attributes, previous)
            order by id
            returning id, created_at;
            commit
            """;

    /** A version that a draft names, in the form in which it is stored. */
    private record Named(UUID conversation, String version) {
        static Stream<Named> of(Draft draft) {
            return Stream.concat(Stream.ofNullable(draft.storedVersion()), draft.parents().stream())
                    .map(version -> new Named(draft.conversationId(), Decision.nameOf(version)));
        }

        boolean isId() {
            return Log.isUuid(version);
        }
    }

    /** Parameters, all of them arrays, one after the other. */
    private static final class Arrays {
        private final PreparedStatement statement;
        private int count;

        Arrays(PreparedStatement statement) {
            this.statement = statement;
        }

        void add(String type, @Nullable Object[] values) throws SQLException {
            count++;
            statement.setArray(count, statement.getConnection().createArrayOf(type, values));
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    // Whole, so that the driver finds again what it has prepared without anything being put together.
    private final String read;
    private final String readWaiting;
    private final String readVersions;
    private final String readVersionsWaiting;
    private final ObjectMapper json;

    /** @param preamble statements at the beginning of each transaction, in the first round trip */
    BatchStatements(List<String> preamble, ObjectMapper json) {
        this.read = together(preamble, LOCK_FREE, List.of());
        this.readWaiting = together(preamble, LOCK, List.of());
        this.readVersions = together(preamble, LOCK_FREE, VERSIONS);
        this.readVersionsWaiting = together(preamble, LOCK, VERSIONS);
        this.json = json;
    }

    private static String together(List<String> preamble, String lock, List<String> versions) {
        return Stream.of(preamble, List.of(lock), FACTS, versions)
                .flatMap(List::stream)
                .collect(Collectors.joining(";"));
    }

    private String reading(boolean wait, boolean versions) {
        if (versions) {
            return wait ? readVersionsWaiting : readVersions;
        }
        return wait ? readWaiting : read;
    }

    /**
     * Locks the drafts' conversations and reads what the drafts depend on.
     *
     * @param wait whether to wait for locks that somebody else holds, rather than skip
     */
    Facts read(Connection open, List<Draft> drafts, boolean wait) throws SQLException {
        UUID[] conversations = ids(drafts, Draft::conversationId);
        List<Draft> referring = drafts.stream()
                .filter(draft ->
                        draft.storedVersion() != null || !draft.parents().isEmpty())
                .toList();
        try (PreparedStatement statement = open.prepareStatement(reading(wait, !referring.isEmpty()))) {
            Arrays arrays = new Arrays(statement);
            arrays.add("uuid", conversations);
            arrays.add("uuid", conversations);
            arrays.add("uuid", conversations);
            arrays.add("uuid", ids(drafts, Draft::senderId));
            arrays.add("uuid", ids(drafts, Draft::senderId));
            arrays.add("uuid", ids(drafts, Draft::id));
            arrays.add("int4", drafts.stream().map(Draft::contentBytes).toArray(Integer[]::new));
            if (!referring.isEmpty()) {
                addVersions(arrays, referring);
            }
            statement.execute();
            return facts(statement, !referring.isEmpty());
        }
    }

    private static UUID[] ids(List<Draft> drafts, Function<Draft, UUID> id) {
        return drafts.stream().map(id).toArray(UUID[]::new);
    }

    private static void addVersions(Arrays arrays, List<Draft> drafts) throws SQLException {
        List<Named> named = drafts.stream().flatMap(Named::of).toList();
        List<Named> versions = named.stream().filter(name -> !name.isId()).toList();
        arrays.add("uuid", versions.stream().map(Named::conversation).toArray(UUID[]::new));
        arrays.add("text", versions.stream().map(Named::version).toArray(String[]::new));
        arrays.add(
                "uuid",
                named.stream()
                        .filter(Named::isId)
                        .map(name -> UUID.fromString(name.version()))
                        .toArray(UUID[]::new));
    }

    private Facts facts(PreparedStatement statement, boolean withVersions) throws SQLException {
        Facts facts = new Facts(new HashMap<>(), new HashSet<>(), new HashSet<>(), new HashMap<>(), new HashMap<>());
        Set<UUID> locked = new HashSet<>();
        eachNext(statement, row -> locked.add(id(row, 1)));
        eachNext(statement, row -> {
            UUID id = id(row, 1);
            String version = row.getString(4);
            Position head = version == null ? Position.root(id) : new Position(row.getLong(3), version);
            facts.conversations().put(id, new State(row.getBoolean(2), locked.contains(id), head, row.getString(5)));
        });
        eachNext(statement, row -> facts.members().add(new Membership(id(row, 1), id(row, 2))));
        eachNext(statement, row -> facts.live().add(id(row, 1)));
        eachNext(statement, row -> {
            Stored stored = stored(row);
            facts.stored().merge(id(row, 1), stored, (one, other) -> one.content() == null ? other : one);
        });
        for (int i = 0; withVersions && i < VERSIONS.size(); i++) {
            eachNext(
                    statement,
                    row -> facts.versions()
                            .computeIfAbsent(id(row, 1), conversation -> new HashSet<>())
                            .add(row.getString(2)));
        }
        return facts;
    }

    private Stored stored(ResultSet row) throws SQLException {
        try {
            return new Stored(
                    id(row, 2),
                    id(row, 3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    json.readValue(row.getString(7), Log.ATTRIBUTES),
                    row.getLong(8));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("jsonb is JSON", impossible);
        }
    }

    private static UUID id(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class));
    }

    /**
     * Inserts, and ends the transaction.
     *
     * @return the times of what was inserted, by id
     * @throws SQLException where one of the ids is taken meanwhile, too: then nothing is inserted
     */
    Map<UUID, Instant> insertAndCommit(Connection open, List<Accepted> accepted, Facts facts) throws SQLException {
        List<Draft> drafts = accepted.stream().map(Accepted::draft).toList();
        try (PreparedStatement statement = open.prepareStatement(INSERT_AND_COMMIT)) {
            Arrays arrays = new Arrays(statement);
            arrays.add("uuid", ids(drafts, Draft::id));
            arrays.add("uuid", ids(drafts, Draft::conversationId));
            arrays.add("int8", accepted.stream().map(Accepted::seq).toArray(Long[]::new));
            arrays.add("uuid", ids(drafts, Draft::senderId));
            arrays.add("text", drafts.stream().map(Draft::storedVersion).toArray(String[]::new));
            arrays.add("text", drafts.stream().map(Draft::type).toArray(String[]::new));
            arrays.add("text", drafts.stream().map(Draft::content).toArray(String[]::new));
            arrays.add(
                    "text",
                    drafts.stream().map(draft -> written(draft.attributes())).toArray(String[]::new));
            arrays.add(
                    "text",
                    drafts.stream()
                            .map(draft -> Objects.requireNonNull(
                                            facts.conversations().get(draft.conversationId()))
                                    .writtenAt())
                            .toArray(String[]::new));
            statement.execute();
            Map<UUID, Instant> times = new HashMap<>();
            eachNext(
                    statement,
                    row -> times.put(
                            id(row, 1), row.getObject(2, OffsetDateTime.class).toInstant()));
            return times;
        }
    }

    private String written(Map<String, Object> attributes) {
        try {
            return json.writeValueAsString(attributes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("attributes come from JSON", impossible);
        }
    }

    /** Hands the next result's rows to {@code reader}; passes over statements without rows. */
    private static void eachNext(PreparedStatement statement, Row reader) throws SQLException {
        ResultSet rows = statement.getResultSet();
        while (rows == null) {
            if (!statement.getMoreResults() && statement.getUpdateCount() < 0) {
                throw new IllegalStateException("there are fewer results than statements");
            }
            rows = statement.getResultSet();
        }
        while (rows.next()) {
            reader.read(rows);
        }
        statement.getMoreResults();
    }
}
