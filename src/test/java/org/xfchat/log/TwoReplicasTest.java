package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.log.LogDatabase.draft;
import static org.xfchat.log.LogDatabase.seqs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.Together;

/** The lanes of two replicas at one database. */
class TwoReplicasTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private UUID ann;
    private UUID conversation;
    private TestLanes lanes;
    private TestLanes second;

    @BeforeEach
    void start() {
        ann = LogDatabase.user();
        conversation = LogDatabase.group(ann);
        lanes = TestLanes.start();
        second = TestLanes.start();
    }

    @AfterEach
    void stop() {
        lanes.close();
        second.close();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    @RepeatedTest(5)
    void thatStoreTheSameIdsInOppositeOrderInOtherConversationsStoreEachOnce() {
        UUID other = LogDatabase.group(ann);
        List<UUID> ids = Stream.generate(UUID::randomUUID).limit(200).toList();
        List<UUID> reversed = new ArrayList<>(ids);
        Collections.reverse(reversed);
        List<List<CompletableFuture<Log.Appended>>> answers = Together.run(
                2,
                i -> (i == 0 ? ids : reversed)
                        .stream()
                                .map(id -> i == 0
                                        ? lanes.append(draft(conversation, id, ann, "hello"))
                                        : second.append(draft(other, id, ann, "hello")))
                                .toList());
        long stored = answers.stream()
                .flatMap(List::stream)
                .filter(answer ->
                        answer.handle((appended, refused) -> refused == null).join())
                .count();
        assertThat(stored).isEqualTo(200);
        answers.stream()
                .flatMap(List::stream)
                .filter(CompletableFuture::isCompletedExceptionally)
                .forEach(answer -> assertThat(TestLanes.refusal(answer)).isEqualTo(ErrorCode.MESSAGE_ID_TAKEN));
        assertThat(seqs(conversation).size() + seqs(other).size()).isEqualTo(200);
        assertThat(seqs(conversation)).isEqualTo(numbers(1, seqs(conversation).size()));
        assertThat(seqs(other)).isEqualTo(numbers(1, seqs(other).size()));
    }

    @Test
    void thatWriteToOneConversationLeaveNoGap() {
        Together.run(8, i -> {
            for (int n = 0; n < 50; n++) {
                (i % 2 == 0 ? lanes : second).appended(draft(conversation, ann, "hello"));
            }
            return i;
        });
        assertThat(seqs(conversation)).isEqualTo(numbers(1, 400));
        await().atMost(LIMIT).untilAsserted(() -> {
            List<UUID> announced = new ArrayList<>(lanes.announced(conversation));
            announced.addAll(second.announced(conversation));
            assertThat(new HashSet<>(announced)).hasSize(400);
        });
    }
}
