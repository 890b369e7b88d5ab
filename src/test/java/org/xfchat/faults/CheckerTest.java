package org.xfchat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.faults.History.Answer;
import org.xfchat.faults.History.Entry;

/** The checker finds whatever is wrong, and nothing else. */
class CheckerTest {
    private static final int SEEDS = 200;

    @ParameterizedTest
    @CsvSource({
        "200, '', STORED",
        "400, '', NOT_STORED",
        "409, '', NOT_STORED",
        "429, '', NOT_STORED",
        "432, '', NOT_STORED",
        "503, busy, NOT_STORED",
        "503, read_only, NOT_STORED",
        "503, unavailable, UNKNOWN",
        "503, '', UNKNOWN",
        "500, '', UNKNOWN",
        "0, '', UNKNOWN"
    })
    void knowsWhatAnAnswerMeans(int status, String code, Answer answer) {
        assertThat(Answer.of(status, code)).isEqualTo(answer);
    }

    @Test
    void findsNothingWhereNothingIsWrong() {
        long indeterminate = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = RandomHistory.of(seed);
            assertThat(Checker.check(history)).as("seed %d", seed).isEmpty();
            indeterminate += history.calls().stream()
                    .filter(call -> call.answer() == Answer.UNKNOWN)
                    .count();
        }
        assertThat(indeterminate).isGreaterThan(SEEDS);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheOneThingThatIsWrong(Mutation mutation) {
        LongStream.range(0, SEEDS).forEach(seed -> {
            History wrong = mutation.of(RandomHistory.of(seed), new Random(seed));
            assertThat(Checker.check(wrong))
                    .as("%s in the history of %d", mutation, seed)
                    .anySatisfy(violation -> assertThat(violation).contains(mutation.sentence));
        });
    }

    @Nested
    class ARestoredDatabase {
        private final History before = RandomHistory.of(7);
        private final List<Entry> log = before.log().getOrDefault("here", List.of());

        private List<String> check(List<Entry> kept, long moment) {
            return Checker.checkRestored(
                    before, Map.of("here", kept, "there", before.log().getOrDefault("there", List.of())), moment);
        }

        @Test
        void mayLackWhatCameAfterTheBackup() {
            assertThat(check(log.subList(0, log.size() - 3), 0)).isEmpty();
            assertThat(check(log, Long.MAX_VALUE)).isEmpty();
        }

        @Test
        void hasEverythingFromBefore() {
            assertThat(check(List.of(), Long.MAX_VALUE))
                    .isNotEmpty()
                    .allSatisfy(violation -> assertThat(violation).contains("acknowledged before the backup"));
        }

        @Test
        void hasOneMomentOfTheLog() {
            List<Entry> holed = new ArrayList<>(log);
            holed.remove(2);
            assertThat(check(holed, 0)).singleElement().asString().contains("another log");
            List<Entry> longer = new ArrayList<>(log);
            longer.add(new Entry(log.size() + 1L, "new", "new", "new"));
            assertThat(check(longer, 0)).singleElement().asString().contains("another log");
        }

        @Test
        void isTheBeginningOfTheNextHistory() {
            History next = new History(List.of(), Map.of("here", log.subList(0, 3)), Map.of("here", 3), List.of());
            assertThat(Checker.check(next)).isEmpty();
            assertThat(Checker.check(new History(next.calls(), next.log(), Map.of("here", 2), List.of())))
                    .singleElement()
                    .asString()
                    .contains("was sent by nobody");
        }
    }
}
