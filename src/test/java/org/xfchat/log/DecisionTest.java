package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Decision.Accepted;
import org.xfchat.log.Decision.Facts;
import org.xfchat.log.Decision.Membership;
import org.xfchat.log.Decision.Refused;
import org.xfchat.log.Decision.Replayed;
import org.xfchat.log.Decision.Skipped;
import org.xfchat.log.Decision.State;
import org.xfchat.log.Decision.Stored;
import org.xfchat.log.Decision.Verdict;

/** What becomes of drafts (contract 2.5 and 6 #14 to #28), without a database. */
class DecisionTest {
    private final UUID ann = UUID.randomUUID();
    private final UUID conversation = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();
    private final UUID first = UUID.randomUUID();
    private final Facts facts =
            new Facts(new HashMap<>(), new HashSet<>(), new HashSet<>(Set.of(ann)), new HashMap<>(), new HashMap<>());

    DecisionTest() {
        open(conversation, new Position(7, "v7"));
        open(other, Position.root(other));
    }

    private void open(UUID id, Position head) {
        facts.conversations().put(id, new State(false, true, head, null));
        facts.members().add(new Membership(id, ann));
    }

    private void stored(UUID id, @Nullable String version, String content) {
        facts.stored().put(id, new Stored(conversation, ann, version, "text", content, Map.of(), 4));
    }

    private Draft draft(UUID id, String content) {
        return new Draft(conversation, id, ann, null, List.of(), "text", content, Map.of(), false);
    }

    private Draft versioned(UUID id, @Nullable String version, String... parents) {
        return new Draft(conversation, id, ann, version, List.of(parents), "text", "hello", Map.of(), false);
    }

    private Draft in(UUID somewhere, UUID id, boolean room) {
        return new Draft(somewhere, id, ann, null, List.of(), "text", "hello", Map.of(), room);
    }

    private Draft by(UUID sender, String type, Map<String, Object> attributes) {
        return new Draft(conversation, first, sender, null, List.of(), type, "hello", attributes, false);
    }

    private List<Object> decide(Draft... drafts) {
        List<Object> outcomes = new ArrayList<>();
        for (Verdict verdict : Decision.decide(Arrays.asList(drafts), facts)) {
            outcomes.add(verdict instanceof Refused refused ? refused.refusal().code() : verdict);
        }
        return outcomes;
    }

    private Replayed replay(long seq, String version, String current, long head) {
        return new Replayed(new Log.Appended(seq, version, current), head);
    }

    @Nested
    class Acceptance {
        @Test
        void continuesAfterTheNewestEntryInArrivalOrder() {
            Draft one = draft(first, "one");
            Draft two = versioned(UUID.randomUUID(), "mine");
            Draft three = draft(UUID.randomUUID(), "three");
            assertThat(decide(one, two, three))
                    .containsExactly(
                            new Accepted(one, 8, "v7"),
                            new Accepted(two, 9, first.toString()),
                            new Accepted(three, 10, "mine"));
        }

        @Test
        void beginsAtTheConversationsIdInEachConversation() {
            Draft here = draft(first, "here");
            Draft there = in(other, UUID.randomUUID(), false);
            assertThat(decide(here, there))
                    .containsExactly(new Accepted(here, 8, "v7"), new Accepted(there, 1, other.toString()));
        }

        @Test
        void isDescribedByTheEntry() {
            Draft draft = versioned(first, "mine");
            Entry entry = new Accepted(draft, 8, "v7").entry(Instant.EPOCH);
            assertThat(entry)
                    .isEqualTo(new Entry(
                            first, conversation, 8, ann, "mine", "v7", "text", "hello", true, Map.of(), Instant.EPOCH));
        }
    }

    @Nested
    class Outsiders {
        @Test
        void areRefusedOneByOne() {
            UUID stranger = UUID.randomUUID();
            facts.live().add(stranger);
            Draft fine = draft(UUID.randomUUID(), "fine");
            assertThat(decide(
                            by(stranger, "text", Map.of()),
                            by(UUID.randomUUID(), "text", Map.of()),
                            in(UUID.randomUUID(), first, false),
                            fine))
                    .containsExactly(
                            ErrorCode.NOT_PARTICIPANT,
                            ErrorCode.UNAUTHENTICATED,
                            ErrorCode.CONVERSATION_NOT_FOUND,
                            new Accepted(fine, 8, "v7"));
        }

        @Test
        void learnNothingOfAnIdThatIsStored() {
            stored(first, null, "hello");
            facts.members().clear();
            assertThat(decide(draft(first, "hello"))).containsExactly(ErrorCode.NOT_PARTICIPANT);
        }
    }

    @Nested
    class TheRoom {
        private final UUID room = UUID.randomUUID();

        TheRoom() {
            facts.conversations().put(room, new State(true, true, Position.root(room), null));
        }

        @Test
        void takesEveryLiveAccountWithoutParticipation() {
            Draft draft = in(room, first, true);
            assertThat(decide(draft)).containsExactly(new Accepted(draft, 1, room.toString()));
            facts.live().clear();
            assertThat(decide(draft)).containsExactly(ErrorCode.UNAUTHENTICATED);
        }

        @Test
        void isNotAConversationNorTheOtherWayRound() {
            facts.members().add(new Membership(room, ann));
            assertThat(decide(in(room, first, false), in(conversation, first, true)))
                    .containsExactly(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.CONVERSATION_NOT_FOUND);
        }
    }

    @Nested
    class SameId {
        @Test
        void withTheSameContentIsAReplayThatNamesTheNewestVersion() {
            stored(first, null, "hello");
            assertThat(decide(draft(first, "hello"))).containsExactly(replay(4, first.toString(), "v7", 7));
        }

        @Test
        void ofAnEarlierOneInTheBatchIsItsReplay() {
            Draft draft = draft(first, "hello");
            assertThat(decide(draft, draft(first, "hello"), draft(first, "other")))
                    .containsExactly(
                            new Accepted(draft, 8, "v7"),
                            replay(8, first.toString(), first.toString(), 8),
                            ErrorCode.MESSAGE_ID_TAKEN);
        }

        @Test
        void withItsVersionOrNoneIsAReplayAndWithAnotherIsTaken() {
            stored(first, "mine", "hello");
            assertThat(decide(
                            versioned(first, null),
                            versioned(first, "mine"),
                            versioned(first, "other"),
                            versioned(first, first.toString())))
                    .containsExactly(
                            replay(4, "mine", "v7", 7),
                            replay(4, "mine", "v7", 7),
                            ErrorCode.MESSAGE_ID_TAKEN,
                            ErrorCode.MESSAGE_ID_TAKEN);
        }

        @Test
        void withAnythingElseDifferentIsTaken() {
            stored(first, null, "hello");
            UUID bob = UUID.randomUUID();
            facts.live().add(bob);
            facts.members().add(new Membership(conversation, bob));
            assertThat(decide(
                            draft(first, "other"),
                            in(other, first, false),
                            by(bob, "text", Map.of()),
                            by(ann, "image", Map.of()),
                            by(ann, "text", Map.of("a", 1))))
                    .containsOnly(ErrorCode.MESSAGE_ID_TAKEN);
        }

        @Test
        void whoseContentCannotBeTheSameIsTaken() {
            facts.stored().put(first, new Stored(conversation, ann, null, "text", null, Map.of(), 4));
            assertThat(decide(draft(first, "hello"))).containsExactly(ErrorCode.MESSAGE_ID_TAKEN);
        }

        @Test
        void afterARefusalIsDecidedAfresh() {
            facts.versions().put(conversation, Set.of("taken"));
            Draft again = versioned(first, "free");
            assertThat(decide(versioned(first, "taken"), again))
                    .containsExactly(ErrorCode.VERSION_TAKEN, new Accepted(again, 8, "v7"));
        }
    }

    @Nested
    class Versions {
        @Test
        void areTakenOnceInAConversation() {
            Draft mine = versioned(first, "mine");
            Draft elsewhere = new Draft(other, UUID.randomUUID(), ann, "mine", List.of(), "text", "x", Map.of(), false);
            assertThat(decide(mine, versioned(UUID.randomUUID(), "mine"), elsewhere))
                    .containsExactly(
                            new Accepted(mine, 8, "v7"),
                            ErrorCode.VERSION_TAKEN,
                            new Accepted(elsewhere, 1, other.toString()));
        }
    }

    @Nested
    class Parents {
        @Test
        void areStoredOrEarlierInTheBatchOrTheRoot() {
            UUID stored = UUID.randomUUID();
            facts.versions().put(conversation, Set.of("v1", stored.toString()));
            Draft parent = draft(first, "parent");
            Draft child = versioned(
                    UUID.randomUUID(),
                    null,
                    "v1",
                    stored.toString().toUpperCase(Locale.ROOT),
                    first.toString(),
                    conversation.toString().toUpperCase(Locale.ROOT));
            assertThat(decide(parent, child))
                    .containsExactly(new Accepted(parent, 8, "v7"), new Accepted(child, 9, first.toString()));
        }

        @Test
        void thatHaveNotArrivedAreNamed() {
            UUID missing = UUID.randomUUID();
            facts.versions().put(conversation, Set.of("v1"));
            Draft child = versioned(first, null, "v1", missing.toString(), "v9");
            Verdict verdict = Decision.decide(List.of(child), facts).get(0);
            assertThat(verdict).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.refusal().code()).isEqualTo(ErrorCode.PARENT_UNKNOWN);
                assertThat(refused.refusal().headers())
                        .containsEntry("Parents", "\"" + missing + "\", \"v9\"")
                        .containsEntry("Retry-After", "1");
            });
        }

        @Test
        void ofAnEntryWithAVersionAreThatVersion() {
            Draft named = versioned(first, "mine");
            assertThat(decide(named, versioned(UUID.randomUUID(), null, first.toString())))
                    .containsExactly(new Accepted(named, 8, "v7"), ErrorCode.PARENT_UNKNOWN);
        }

        @Test
        void inTheWrongOrderAreUnknown() {
            Draft child = versioned(UUID.randomUUID(), null, first.toString());
            Draft parent = draft(first, "parent");
            assertThat(decide(child, parent)).containsExactly(ErrorCode.PARENT_UNKNOWN, new Accepted(parent, 8, "v7"));
        }
    }

    @Nested
    class Locks {
        @Test
        void thatSomebodyElseHoldsSkipOnlyTheirConversation() {
            facts.conversations().put(conversation, new State(false, false, new Position(7, "v7"), null));
            Draft free = in(other, UUID.randomUUID(), false);
            assertThat(decide(draft(first, "hello"), free))
                    .containsExactly(new Skipped(), new Accepted(free, 1, other.toString()));
        }
    }
}
