package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.TestDatabase;

/** What was missed is read once for all who come back to where they were. */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class ComingBackTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Inject
    MeterRegistry meters;

    private HttpStream comeBack() {
        HttpStream stream = friends.read(bob, "", Map.of("Accept", "text/event-stream", "Last-Event-ID", "0"));
        await().atMost(SOON).until(() -> stream.text().contains("id: 20\n"));
        return stream;
    }

    private long reads() {
        return meters.get("xfchat.cursor.reads").timer().count();
    }

    @Test
    void theSecondOneCausesNoReading() {
        friends.fill(1, 20);
        try (HttpStream first = comeBack()) {
            assertThat(first.end()).isEmpty();
            // On a busy machine what the first one read may be forgotten before the second one comes.
            await().atMost(SOON).until(() -> {
                long before = reads();
                try (HttpStream second = comeBack()) {
                    return second.end().isEmpty() && reads() == before;
                }
            });
        }
    }
}
