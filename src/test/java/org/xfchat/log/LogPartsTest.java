package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** What follows in several conversations, in one statement. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class LogPartsTest {
    private static final int LIMIT = 3;
    private static final long PLENTY = 1 << 20;

    @Inject
    Log log;

    private Person ann;

    @BeforeEach
    void signUp() {
        ann = Person.signUp();
    }

    /** A conversation in which ann has said so many texts, the first of which is as long as that. */
    private UUID saying(int texts, int length) {
        UUID conversation = ann.befriend(Person.signUp());
        for (int i = 0; i < texts; i++) {
            ann.say(conversation, "x".repeat(i == 0 ? length : 1));
        }
        return conversation;
    }

    private static Log.Part after(UUID conversation, long seq) {
        return new Log.Part(conversation, seq, Long.MAX_VALUE);
    }

    private List<List<Long>> seqs(long bytes, Log.Part... parts) {
        return log.after(List.of(parts), LIMIT, bytes).stream()
                .map(entries -> entries.stream().map(Entry::seq).toList())
                .toList();
    }

    @Test
    void eachPartHasItsOwnEntriesInOrder() {
        UUID one = saying(5, 1);
        UUID other = saying(2, 1);
        assertThat(seqs(
                        PLENTY,
                        after(other, 0),
                        after(one, 1),
                        after(UUID.randomUUID(), 0),
                        after(one, 5),
                        new Log.Part(one, 0, 2),
                        after(other, 7)))
                .containsExactly(
                        List.of(1L, 2L), List.of(2L, 3L, 4L), List.of(), List.of(), List.of(1L, 2L), List.of());
    }

    @Test
    void anEntryKnowsWhatItFollows() {
        UUID conversation = saying(3, 1);
        List<Entry> entries =
                log.after(List.of(after(conversation, 0)), LIMIT, PLENTY).get(0);
        assertThat(entries)
                .extracting(Entry::parent)
                .containsExactly(
                        conversation.toString(),
                        entries.get(0).version(),
                        entries.get(1).version());
        Entry second =
                log.after(List.of(after(conversation, 1)), LIMIT, PLENTY).get(0).get(0);
        assertThat(second).isEqualTo(entries.get(1));
        assertThat(second.senderId()).isEqualTo(ann.id());
    }

    @Test
    void allPartsShareTheRoomInTheirOrder() {
        UUID one = saying(2, 100);
        UUID other = saying(2, 100);
        assertThat(seqs(101, after(one, 0), after(other, 0))).containsExactly(List.of(1L, 2L), List.of());
        assertThat(seqs(201, after(one, 0), after(other, 0))).containsExactly(List.of(1L, 2L), List.of(1L));
        assertThat(seqs(101, after(one, 2), after(other, 0))).containsExactly(List.of(), List.of(1L, 2L));
    }

    @Test
    void theFirstEntryComesHoweverLongItIs() {
        UUID empty = ann.befriend(Person.signUp());
        UUID one = saying(2, 1000);
        assertThat(seqs(10, after(empty, 0), after(one, 0), after(one, 1)))
                .containsExactly(List.of(), List.of(1L), List.of());
    }

    @Test
    void asManyAsThereMayBe() {
        List<UUID> conversations =
                IntStream.range(0, 4).mapToObj(i -> saying(4, 1)).toList();
        assertThat(log.after(conversations.stream().map(one -> after(one, 0)).toList(), LIMIT, PLENTY))
                .allSatisfy(entries -> assertThat(entries).hasSize(LIMIT));
    }
}
