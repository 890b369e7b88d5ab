package org.xfchat.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * What becomes of each draft of a batch, by what is stored and by those before it in the batch (contract 2.5). One by one in
 * arrival order: an equal earlier one makes a draft its replay, an accepted earlier one is a known parent, and a refused one
 * changes nothing for the others.
 */
final class Decision {
    /**
     * A conversation that exists.
     *
     * @param locked by this transaction; of others nothing can be said yet
     * @param writtenAt the newest entry's time as PostgreSQL writes it; null for the empty log
     */
    record State(
            boolean room,
            boolean locked,
            Position head,
            @Nullable String writtenAt) {}

    /** That a user takes part in a conversation. */
    record Membership(UUID conversation, UUID user) {}

    /**
     * An entry under an id that a draft asks for.
     *
     * @param version null where the id is the version
     * @param content null where its length alone tells it from every draft's
     */
    record Stored(
            UUID conversation,
            UUID sender,
            @Nullable String version,
            String type,
            @Nullable String content,
            Map<String, Object> attributes,
            long seq) {}

    /**
     * What is stored of all that the drafts refer to; what is in none of these does not exist.
     *
     * @param conversations by id
     * @param live senders
     * @param stored by message id
     * @param versions by conversation, those that the drafts name as their own or as parents
     */
    record Facts(
            Map<UUID, State> conversations,
            Set<Membership> members,
            Set<UUID> live,
            Map<UUID, Stored> stored,
            Map<UUID, Set<String>> versions) {}

    sealed interface Verdict {}

    /** @param parent version of the entry before */
    record Accepted(Draft draft, long seq, String parent) implements Verdict {
        Log.Appended appended() {
            return new Log.Appended(seq, draft.versionOrId(), draft.versionOrId());
        }

        Entry entry(Instant createdAt) {
            return new Entry(
                    draft.id(),
                    draft.conversationId(),
                    seq,
                    draft.senderId(),
                    draft.versionOrId(),
                    parent,
                    draft.type(),
                    draft.content(),
                    true,
                    draft.attributes(),
                    createdAt);
        }
    }

    /** @param head the newest seq of the log */
    record Replayed(Log.Appended appended, long head) implements Verdict {}

    record Refused(ApiException refusal) implements Verdict {}

    /** Somebody else holds the conversation's lock. */
    record Skipped() implements Verdict {}

    private final Facts facts;
    private final Map<UUID, Position> heads = new HashMap<>();
    private final Map<UUID, Set<String>> versions = new HashMap<>();
    private final Map<UUID, Accepted> accepted = new HashMap<>();

    private Decision(Facts facts) {
        this.facts = facts;
    }

    /** A verdict for each draft, in their order. */
    static List<Verdict> decide(List<Draft> drafts, Facts facts) {
        Decision decision = new Decision(facts);
        List<Verdict> verdicts = new ArrayList<>(drafts.size());
        for (Draft draft : drafts) {
            verdicts.add(decision.decide(draft));
        }
        return verdicts;
    }

    private Verdict decide(Draft draft) {
        if (!facts.live().contains(draft.senderId())) {
            return refused(ErrorCode.UNAUTHENTICATED, "The account no longer exists");
        }
        UUID conversation = draft.conversationId();
        State state = facts.conversations().get(conversation);
        if (state == null || state.room() != draft.room()) {
            return refused(ErrorCode.CONVERSATION_NOT_FOUND);
        }
        if (!state.locked()) {
            return new Skipped();
        }
        if (!draft.room() && !facts.members().contains(new Membership(conversation, draft.senderId()))) {
            return refused(ErrorCode.NOT_PARTICIPANT);
        }
        Position head = heads.getOrDefault(conversation, state.head());
        Stored same = stored(draft.id());
        if (same != null) {
            return isReplay(draft, same)
                    ? new Replayed(
                            new Log.Appended(same.seq(), versionOrId(draft.id(), same.version()), head.version()),
                            head.seq())
                    : refused(ErrorCode.MESSAGE_ID_TAKEN);
        }
        Set<String> known = versions.computeIfAbsent(
                conversation, id -> new HashSet<>(facts.versions().getOrDefault(id, Set.of())));
        String version = draft.storedVersion();
        if (version != null && known.contains(version)) {
            return refused(ErrorCode.VERSION_TAKEN);
        }
        List<String> unknown = unknownParents(draft, known);
        if (!unknown.isEmpty()) {
            return new Refused(new ApiException(
                    ErrorCode.PARENT_UNKNOWN,
                    ErrorCode.PARENT_UNKNOWN.title(),
                    Map.of("Parents", VersionHeader.format(unknown), "Retry-After", "1")));
        }
        return accept(draft, head, known);
    }

    private Accepted accept(Draft draft, Position head, Set<String> known) {
        Position next = new Position(head.seq() + 1, draft.versionOrId());
        heads.put(draft.conversationId(), next);
        Accepted verdict = new Accepted(draft, next.seq(), head.version());
        accepted.put(draft.id(), verdict);
        known.add(next.version());
        return verdict;
    }

    private @Nullable Stored stored(UUID id) {
        Accepted earlier = accepted.get(id);
        if (earlier == null) {
            return facts.stored().get(id);
        }
        Draft draft = earlier.draft();
        return new Stored(
                draft.conversationId(),
                draft.senderId(),
                draft.storedVersion(),
                draft.type(),
                draft.content(),
                draft.attributes(),
                earlier.seq());
    }

    private static boolean isReplay(Draft draft, Stored same) {
        return same.conversation().equals(draft.conversationId())
                && same.sender().equals(draft.senderId())
                && Objects.equals(same.content(), draft.content())
                && same.type().equals(draft.type())
                && same.attributes().equals(draft.attributes())
                && (draft.version() == null || draft.version().equals(versionOrId(draft.id(), same.version())));
    }

    private static String versionOrId(UUID id, @Nullable String version) {
        return version == null ? id.toString() : version;
    }

    /** As they were given. A message id in another case is the same id; the conversation's own is the empty log. */
    private static List<String> unknownParents(Draft draft, Set<String> known) {
        return draft.parents().stream()
                .filter(parent -> {
                    String name = nameOf(parent);
                    return !known.contains(name)
                            && !name.equals(draft.conversationId().toString());
                })
                .toList();
    }

    /** A version as it is stored. */
    static String nameOf(String version) {
        return Log.isUuid(version) ? version.toLowerCase(Locale.ROOT) : version;
    }

    private static Refused refused(ErrorCode code) {
        return new Refused(new ApiException(code));
    }

    private static Refused refused(ErrorCode code, String detail) {
        return new Refused(new ApiException(code, detail));
    }
}
