package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.log.LogDatabase.contents;
import static org.xfchat.log.LogDatabase.draft;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ErrorCode;

/** Whatever an error interrupts, the lane writes what comes next. */
class LaneErrorTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final UUID ann = LogDatabase.user();
    private final UUID conversation = LogDatabase.group(ann);
    private final TestLanes lanes = TestLanes.start();

    @AfterEach
    void stop() {
        lanes.close();
    }

    private double survived(String where) {
        return lanes.meters.find("xfchat.failure.survived").tag("where", where).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void whileABatchIsWritten() {
        Draft fatal = new Draft(
                conversation,
                UUID.randomUUID(),
                ann,
                null,
                List.of(),
                "text",
                "x",
                Map.of(TestLanes.FAULT, true),
                false);
        for (int i = 0; i < 3; i++) {
            assertThat(lanes.refused(fatal)).isEqualTo(ErrorCode.INTERNAL);
        }
        assertThat(survived("lane")).isEqualTo(3);
        assertThat(lanes.appended(draft(conversation, ann, "goes on")).seq()).isEqualTo(1);
        assertThat(contents(conversation)).containsExactly("goes on");
    }

    @Test
    void ofAnObserver() {
        lanes.failOnce(conversation);
        assertThat(lanes.appended(draft(conversation, ann, "one")).seq()).isEqualTo(1);
        assertThat(lanes.appended(draft(conversation, ann, "two")).seq()).isEqualTo(2);
        await().atMost(LIMIT).until(() -> lanes.announced.size() == 2);
        assertThat(survived("observer")).isEqualTo(1);
    }
}
