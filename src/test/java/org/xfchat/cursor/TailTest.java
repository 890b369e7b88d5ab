package org.xfchat.cursor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.log.Entry;

/** An unbroken run, whatever is added to it. */
class TailTest {
    private static final UUID CONVERSATION = new UUID(1, 2);
    private static final long PLENTY = 1 << 20;

    /** Each entry as its position and a space, three bytes for those of two digits. */
    private static final Format NUMBERS = new Format("numbers", TailTest::number);

    private static Buffer number(Entry entry) {
        return Buffer.buffer((entry.seq() + " ").getBytes(US_ASCII));
    }

    private static Entry entry(long seq) {
        return new Entry(
                new UUID(3, seq),
                CONVERSATION,
                seq,
                new UUID(4, 5),
                "v" + seq,
                "v" + (seq - 1),
                "text",
                "text",
                true,
                Map.of(),
                Instant.EPOCH);
    }

    private static List<Entry> entries(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(TailTest::entry).toList();
    }

    private static Tail tail(long after, long first, long last) {
        return Tail.after(after).with(entries(first, last), PLENTY);
    }

    private static List<Long> seqs(Tail tail, long after) {
        return tail.entries(after).stream().map(Entry::seq).toList();
    }

    private static Run run(Tail tail, long after, long upTo, long maxBytes) {
        return Objects.requireNonNull(tail.run(after, upTo, NUMBERS, maxBytes));
    }

    private static void assertRun(Run run, String text, long last, int count) {
        assertThat(run.bytes().toString()).isEqualTo(text);
        assertThat(run.last()).isEqualTo(last);
        assertThat(run.count()).isEqualTo(count);
    }

    @Nested
    class Growing {
        @Test
        void takesWhatFollows() {
            Tail tail = tail(10, 11, 13).with(entries(14, 14), PLENTY);
            assertThat(tail.last()).isEqualTo(14);
            assertThat(seqs(tail, 10)).containsExactly(11L, 12L, 13L, 14L);
        }

        @Test
        void takesWhatLeadsUpToIt() {
            Tail tail = tail(10, 11, 13).preceded(entries(6, 12), PLENTY);
            assertThat(tail.last()).isEqualTo(13);
            assertThat(seqs(tail, 5)).containsExactly(6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
            assertThat(seqs(Tail.after(3).preceded(entries(1, 5), PLENTY), 0)).containsExactly(1L, 2L, 3L);
        }

        @Test
        void takesNothingBeforeItThatLeavesAGapOrHasNoRoom() {
            Tail tail = tail(10, 11, 13);
            assertThat(tail.preceded(entries(6, 9), PLENTY)).isSameAs(tail);
            assertThat(tail.preceded(entries(11, 13), PLENTY)).isSameAs(tail);
            assertThat(tail.preceded(List.of(), PLENTY)).isSameAs(tail);
            assertThat(tail.preceded(entries(6, 10), tail.size() + 1)).isSameAs(tail);
        }

        @Test
        void tellsOnceThatItWasAsked() {
            Tail tail = tail(10, 11, 13);
            assertThat(tail.wasUsed()).isFalse();
            assertThat(tail.run(3, 20, NUMBERS, PLENTY)).isNull();
            assertThat(tail.wasUsed()).isFalse();
            assertRun(run(tail, 10, 20, PLENTY), "11 12 13 ", 13, 3);
            assertThat(tail.wasUsed()).isTrue();
            assertThat(tail.wasUsed()).isFalse();
        }

        @Test
        void neverCrossesAGap() {
            Tail tail = tail(10, 11, 12);
            assertThat(tail.with(entries(14, 20), PLENTY)).isSameAs(tail);
            assertThat(Tail.after(0).with(entries(2, 3), PLENTY).last()).isZero();
        }

        @Test
        void passesOverWhatIsThereAlready() {
            Tail tail = tail(10, 11, 12);
            assertThat(tail.with(entries(1, 12), PLENTY)).isSameAs(tail);
            assertThat(seqs(tail.with(entries(5, 14), PLENTY), 10)).containsExactly(11L, 12L, 13L, 14L);
        }

        @Test
        void leavesTheOldOneAsItWas() {
            Tail tail = tail(10, 11, 12);
            tail.with(entries(13, 14), PLENTY);
            assertThat(tail.last()).isEqualTo(12);
            assertThat(seqs(tail, 10)).containsExactly(11L, 12L);
        }

        @Test
        void ofNothingIsItself() {
            Tail tail = tail(10, 11, 12);
            assertThat(tail.with(List.of(), PLENTY)).isSameAs(tail);
        }
    }

    @Nested
    class Size {
        private final long one = tail(0, 1, 1).size();

        @Test
        void isThatOfItsEntriesAndMoreThanTheirText() {
            assertThat(Tail.after(7).size()).isZero();
            assertThat(one).isGreaterThan(4);
            assertThat(tail(0, 1, 10).size()).isEqualTo(10 * one);
        }

        @Test
        void isKeptUnderTheLimitByForgettingTheOldest() {
            Tail tail = tail(0, 1, 5).with(entries(6, 6), 3 * one);
            assertThat(tail.size()).isEqualTo(3 * one);
            assertThat(tail.last()).isEqualTo(6);
            assertThat(seqs(tail, 3)).containsExactly(4L, 5L, 6L);
            assertThat(seqs(tail.with(entries(7, 7), 3 * one - 1), 5)).containsExactly(6L, 7L);
        }

        /** Two bytes as they are stored, six where they are written, for each of two formats and for runs. */
        @Test
        void countsWhatIsEscaped() {
            Entry plain = entry(1);
            Entry escaped = new Entry(
                    plain.id(),
                    CONVERSATION,
                    1,
                    plain.senderId(),
                    plain.version(),
                    plain.parent(),
                    "text",
                    "\u00e9".repeat(10_000),
                    true,
                    Map.of(),
                    Instant.EPOCH);
            assertThat(Tail.after(0).with(List.of(escaped), PLENTY).size()).isGreaterThan(3 * 6 * 10_000 + 20_000);
        }

        /** Who still needs it asks the database, within the memory of its own client. */
        @Test
        void keepsNothingOfAnEntryThatIsTooLarge() {
            Tail tail = Tail.after(0).with(entries(1, 3), one - 1);
            assertThat(tail.last()).isEqualTo(3);
            assertThat(tail.size()).isZero();
            assertThat(seqs(tail, 2)).isEmpty();
            assertThat(tail.run(2, Cursor.FOR_EVER, NUMBERS, PLENTY)).isNull();
            assertThat(seqs(tail.with(entries(4, 4), PLENTY), 3)).containsExactly(4L);
        }
    }

    @Nested
    class Reading {
        private final Tail tail = tail(10, 11, 14);

        @Test
        void beginsAfterThePosition() {
            assertRun(run(tail, 10, Cursor.FOR_EVER, PLENTY), "11 12 13 14 ", 14, 4);
            assertRun(run(tail, 12, Cursor.FOR_EVER, PLENTY), "13 14 ", 14, 2);
            assertRun(run(tail, 13, Cursor.FOR_EVER, PLENTY), "14 ", 14, 1);
        }

        @Test
        void findsNothingThatIsNoLongerThere() {
            assertThat(tail.run(9, Cursor.FOR_EVER, NUMBERS, PLENTY)).isNull();
            assertThat(tail.run(0, Cursor.FOR_EVER, NUMBERS, PLENTY)).isNull();
            assertThat(seqs(tail, 9)).isEmpty();
            assertThat(Tail.after(10).run(9, Cursor.FOR_EVER, NUMBERS, PLENTY)).isNull();
        }

        @Test
        void findsNothingAfterTheEnd() {
            assertThat(seqs(tail, 14)).isEmpty();
            assertThat(seqs(tail, 100)).isEmpty();
        }

        @Test
        void endsWhereItIsTold() {
            assertRun(run(tail, 10, 12, PLENTY), "11 12 ", 12, 2);
            assertRun(run(tail, 10, 11, PLENTY), "11 ", 11, 1);
        }

        @Test
        void isNotMisledByWhatWasReadBefore() {
            assertRun(run(tail, 10, Cursor.FOR_EVER, PLENTY), "11 12 13 14 ", 14, 4);
            assertRun(run(tail, 10, 12, PLENTY), "11 12 ", 12, 2);
            assertRun(run(tail, 10, Cursor.FOR_EVER, PLENTY), "11 12 13 14 ", 14, 4);
            Format other =
                    new Format("other", entry -> Buffer.buffer(entry.version().getBytes(US_ASCII)));
            assertThat(Objects.requireNonNull(tail.run(10, 12, other, PLENTY))
                            .bytes()
                            .toString())
                    .isEqualTo("v11v12");
        }

        @Test
        void isLimitedInBytesButNeverEmpty() {
            assertRun(run(tail, 10, Cursor.FOR_EVER, 6), "11 12 ", 12, 2);
            assertRun(run(tail, 11, Cursor.FOR_EVER, 8), "12 13 ", 13, 2);
            assertRun(run(tail, 12, Cursor.FOR_EVER, 1), "13 ", 13, 1);
        }

        @Test
        void encodesEachEntryOncePerFormat() {
            AtomicInteger encoded = new AtomicInteger();
            Format counting = new Format("counting", entry -> {
                encoded.incrementAndGet();
                return number(entry);
            });
            for (long after = 10; after < 14; after++) {
                for (int reader = 0; reader < 3; reader++) {
                    tail.run(after, Cursor.FOR_EVER, counting, PLENTY);
                }
            }
            tail.with(entries(15, 15), PLENTY).run(10, Cursor.FOR_EVER, counting, PLENTY);
            assertThat(encoded).hasValue(5);
        }

        @Test
        void doesNotChangeWhatWasEncoded() {
            run(tail, 10, Cursor.FOR_EVER, PLENTY);
            assertRun(run(tail, 10, 11, PLENTY), "11 ", 11, 1);
            assertRun(run(tail.with(entries(15, 15), PLENTY), 13, Cursor.FOR_EVER, PLENTY), "14 15 ", 15, 2);
        }
    }

    @Test
    void aPageIsOneRun() {
        assertRun(Tail.run(entries(3, 5), NUMBERS), "3 4 5 ", 5, 3);
    }
}
