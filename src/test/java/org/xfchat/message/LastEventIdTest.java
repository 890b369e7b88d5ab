package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.TestDatabase;

/** The last event in the query, where polyfills of EventSource say it, which cannot set a header. */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class LastEventIdTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeEach
    void talk() {
        friends.fill(1, 3);
    }

    private HttpStream events(String query, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Accept", "text/event-stream");
        return friends.read(friends.bob(), query, all);
    }

    /** From the first position that is sent to the third. */
    private static void assertBegins(HttpStream stream, int first, boolean reset) {
        await().atMost(SOON).until(() -> stream.text().contains("id: 3\n"));
        for (int position = 1; position <= 3; position++) {
            assertThat(stream.text().contains("id: " + position + "\n"))
                    .as("%d in %s", position, stream.text())
                    .isEqualTo(position >= first);
        }
        assertThat(stream.text().contains("event: reset")).isEqualTo(reset);
    }

    @ParameterizedTest
    @CsvSource({
        "?lastEventId=2,3,false",
        "?lastEventId=0,1,false",
        "?lastEventId=,1,false",
        "?lastEventId=garbage,1,true"
    })
    void isUnderstoodLikeTheHeader(String query, int first, boolean reset) {
        try (HttpStream stream = events(query, Map.of())) {
            assertBegins(stream, first, reset);
        }
    }

    @Test
    void countsLessThanTheHeader() {
        try (HttpStream stream = events("?lastEventId=1", Map.of("Last-Event-ID", "2"))) {
            assertBegins(stream, 3, false);
        }
    }
}
