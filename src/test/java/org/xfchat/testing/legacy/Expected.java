package org.xfchat.testing.legacy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.legacy.LegacyRows.Account;
import org.xfchat.testing.legacy.LegacyRows.Conversation;
import org.xfchat.testing.legacy.LegacyRows.Message;
import org.xfchat.testing.legacy.LegacyRows.Participant;
import org.xfchat.testing.legacy.LegacyRows.RoomMessage;

/** What an upgrade must make of the rows of an old database, worked out from the rules without any SQL. */
public final class Expected {
    /** Two users, the smaller id first, as PostgreSQL orders them. */
    public record Pair(UUID low, UUID high) {
        public static Pair of(UUID one, UUID other) {
            return BY_TEXT.compare(one, other) < 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    /**
     * A message of a conversation.
     *
     * @param version what it is called in the API
     */
    public record Entry(
            UUID id,
            UUID sender,
            String content,
            String version,
            @Nullable Instant created) {}

    /**
     * A conversation.
     *
     * @param participants all of them, in any order
     */
    public record Log(UUID id, boolean direct, Set<UUID> participants, List<Entry> entries) {}

    /**
     * A message of the room.
     *
     * @param id null where it must have another than it had
     * @param sender null for a placeholder
     * @param author null where the rules do not say
     */
    public record RoomEntry(
            @Nullable UUID id,
            @Nullable UUID sender,
            @Nullable String author,
            String text,
            Instant created) {}

    static final Comparator<UUID> BY_TEXT = comparing(UUID::toString);
    private static final String WELL_FORMED = "[^\",\\\\\\p{Cntrl}\\s]{1,200}";
    private static final String UUID_SHAPED = "(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final LegacyRows rows;
    private final ExpectedPeople people;

    public Expected(LegacyRows rows) {
        this.rows = rows;
        this.people = new ExpectedPeople(rows);
    }

    /** Who they are, and who knows whom. */
    public ExpectedPeople people() {
        return people;
    }

    public LegacyRows rows() {
        return rows;
    }

    private Map<UUID, Conversation> conversations() {
        return rows.conversations().stream().collect(Collectors.toMap(Conversation::id, Function.identity()));
    }

    /** Those of the old messages that have a place, in the order in which they were stored. */
    private List<Message> placed() {
        Map<UUID, Conversation> known = conversations();
        Set<UUID> ids = new HashSet<>();
        List<Message> placed = new ArrayList<>();
        for (Message message : rows.messages()) {
            if (message.id() != null
                    && message.conversation() != null
                    && known.containsKey(message.conversation())
                    && !message.id().equals(message.conversation())
                    && ids.add(message.id())) {
                placed.add(message);
            }
        }
        return placed;
    }

    /** Who takes part in a conversation of the old database. */
    public Set<UUID> participants(UUID conversation) {
        Stream<UUID> users = rows.hasParticipants()
                ? rows.participants().stream()
                        .filter(participant -> participant.conversation().equals(conversation))
                        .map(Participant::user)
                : placed().stream()
                        .filter(message -> conversation.equals(message.conversation()))
                        .map(Message::sender);
        return users.collect(Collectors.toCollection(() -> new TreeSet<>(BY_TEXT)));
    }

    /** Where the messages of each old conversation are now: itself, or the oldest of its pair. */
    public Map<UUID, UUID> destinations() {
        Map<Set<UUID>, UUID> oldest = new HashMap<>();
        Map<UUID, UUID> destinations = new LinkedHashMap<>();
        rows.conversations().stream()
                .sorted(comparing(Conversation::created).thenComparing(Conversation::id, BY_TEXT))
                .forEach(conversation -> {
                    Set<UUID> users = participants(conversation.id());
                    destinations.put(
                            conversation.id(),
                            users.size() == 2
                                    ? oldest.computeIfAbsent(users, pair -> conversation.id())
                                    : conversation.id());
                });
        return destinations;
    }

    /** Every conversation that comes from an old one. */
    public List<Log> logs() {
        Map<UUID, UUID> destinations = destinations();
        Map<UUID, List<Message>> messages = placed().stream()
                .collect(groupingBy(message ->
                        Objects.requireNonNull(destinations.get(Objects.requireNonNull(message.conversation())))));
        return new TreeSet<>(destinations.values())
                .stream()
                        .map(id -> {
                            Set<UUID> users = participants(id);
                            return new Log(id, users.size() == 2, users, entries(messages.getOrDefault(id, List.of())));
                        })
                        .toList();
    }

    private static List<Entry> entries(List<Message> messages) {
        Map<String, Long> counts = messages.stream()
                .filter(message -> message.version() != null)
                .collect(groupingBy(message -> Objects.requireNonNull(message.version()), Collectors.counting()));
        return messages.stream()
                .map(message -> {
                    UUID id = Objects.requireNonNull(message.id());
                    String version = Objects.requireNonNullElse(message.version(), "initial");
                    boolean kept = !version.equals("initial")
                            && counts.getOrDefault(version, 0L) == 1
                            && version.matches(WELL_FORMED)
                            && !version.matches(UUID_SHAPED);
                    return new Entry(
                            id,
                            message.sender(),
                            Objects.requireNonNullElse(message.content(), ""),
                            kept ? version : id.toString(),
                            message.created());
                })
                .sorted(comparing(Entry::created, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(Entry::id, BY_TEXT))
                .toList();
    }

    /** The room's log. */
    public List<RoomEntry> room() {
        Set<UUID> chat = placed().stream().map(Message::id).collect(toSet());
        Set<UUID> ids = new HashSet<>();
        return rows.room().stream()
                .filter(message -> message.id() != null && ids.add(message.id()))
                .sorted(comparing(RoomMessage::created, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
                        .thenComparing(m -> String.valueOf(m.id())))
                .map(message -> new RoomEntry(
                        chat.contains(message.id()) ? null : message.id(),
                        sender(message),
                        message.author() == null && message.user() == null ? "unknown" : message.author(),
                        Objects.requireNonNullElse(message.text(), ""),
                        said(message)))
                .toList();
    }

    /** What the client said, where it said anything; their order is the server's. */
    private static Instant said(RoomMessage message) {
        return Objects.requireNonNull(message.timestamp() == null ? message.created() : message.timestamp());
    }

    private @Nullable UUID sender(RoomMessage message) {
        if (message.user() != null) {
            return message.user();
        }
        return message.author() == null
                ? null
                : rows.accounts().stream()
                        .filter(account -> message.author().equals(account.username()))
                        .min(comparing(Account::created, Comparator.nullsLast(Comparator.naturalOrder())))
                        .map(Account::id)
                        .orElse(null);
    }

    /** The authors of the room without an account, {@code unknown} for who has no name. */
    public Set<String> unknownAuthors() {
        return room().stream()
                .filter(entry -> entry.sender() == null)
                .map(entry -> Objects.requireNonNull(entry.author()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Users without an account who sent something or took part somewhere: they keep their ids. */
    public Set<UUID> gone() {
        Stream<UUID> talked = logs().stream()
                .flatMap(log -> Stream.concat(
                        log.participants().stream(), log.entries().stream().map(Entry::sender)));
        Stream<UUID> wrote = room().stream().map(RoomEntry::sender).flatMap(Stream::ofNullable);
        return Stream.concat(talked, wrote).filter(user -> !people.lives(user)).collect(toSet());
    }

    /** Pairs of friends for whom a direct conversation is made. */
    public Set<Pair> newPairs() {
        Set<Pair> pairs = new HashSet<>(people.friends());
        logs().stream().filter(Log::direct).map(log -> pair(log.participants())).forEach(pairs::remove);
        return pairs;
    }

    public static Pair pair(Collection<UUID> two) {
        List<UUID> users = List.copyOf(two);
        return Pair.of(users.get(0), users.get(1));
    }

    /** The old messages that have no place, by content. */
    public List<String> quarantinedMessages() {
        List<Message> without = new ArrayList<>(rows.messages());
        placed().forEach(without::remove);
        return without.stream()
                .map(message -> String.valueOf(message.content()))
                .sorted()
                .toList();
    }

    /** The old messages of the room that have no place, by text. */
    public List<String> quarantinedRoomMessages() {
        Set<UUID> ids = new HashSet<>();
        return rows.room().stream()
                .filter(message -> message.id() == null || !ids.add(message.id()))
                .map(message -> String.valueOf(message.text()))
                .sorted()
                .toList();
    }
}
