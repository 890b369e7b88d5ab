package org.xfchat.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.memory.ClientMemory;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Rows;
import org.xfchat.testing.ScarceMemory;
import org.xfchat.testing.TestDatabase;

/** What followers are given without the memory of all. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class CursorMemoryTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** Streams that wait for memory are asked twice a second, and by each poll. */
    private static final Duration SEVERAL_LOOKS = Duration.ofSeconds(3);

    private static final int CHARACTERS = 400_000;

    /** Less than a page with one such text, of which each character is written with six. */
    private static final long TOO_LITTLE = 2L * CHARACTERS;

    @Inject
    ClientMemory memory;

    @Inject
    MeterRegistry metrics;

    private Friends friends;

    @BeforeEach
    void meet() {
        friends = Friends.meet();
    }

    private void writeLargeText() {
        Rows.change(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " values (gen_random_uuid(), ?, 1, ?, repeat(?, ?), now())",
                friends.conversation(),
                friends.alice().id(),
                "\u00e9",
                CHARACTERS);
    }

    private HttpStream follow() {
        HttpStream stream = friends.read(friends.bob(), "", Map.of("Subscribe", "true"));
        await().atMost(SOON).until(() -> stream.status() == 209);
        return stream;
    }

    private long reads() {
        return metrics.get("xfchat.cursor.reads").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** None as long as nobody has followed anything. */
    private double tails() {
        Gauge tails = metrics.find("xfchat.cursor.tails").gauge();
        return tails == null ? 0 : tails.value();
    }

    private static boolean hasAll(HttpStream stream) {
        return stream.count() > 6L * CHARACTERS;
    }

    @Test
    void nothingOfALargeEntryIsKeptForAll() {
        // What the suites before this one have followed is forgotten a moment after.
        await().atMost(SOON).until(() -> tails() == 0);
        try (HttpStream stream = follow()) {
            double before = tails();
            writeLargeText();
            await().atMost(SOON).until(() -> hasAll(stream));
            assertThat(tails()).isEqualTo(before);
            friends.fill(2, 2);
            await().atMost(SOON).until(() -> tails() > before);
        }
        await().atMost(SOON).until(() -> tails() == 0);
    }

    /** It would be thrown away each time. */
    @Test
    void noPageIsReadAgainBeforeThereIsMemoryForIt() {
        try (HttpStream stream = follow()) {
            long before = reads();
            try (ScarceMemory scarce = ScarceMemory.large(memory, TOO_LITTLE)) {
                writeLargeText();
                // One to fill the tail, and one for the cursor.
                await().atMost(SOON).until(() -> reads() >= before + 2);
                await().during(SEVERAL_LOOKS)
                        .atMost(SOON)
                        .untilAsserted(() -> assertThat(reads()).isEqualTo(before + 2));
                assertThat(stream.count()).isLessThan(CHARACTERS);
                assertThat(scarce).isNotNull();
            }
            await().atMost(SOON).until(() -> hasAll(stream));
        }
    }
}
