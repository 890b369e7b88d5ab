package org.xfchat.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract sections 2.2 and 2.4, and row 37 of section 6. */
class ServerSentEventsTest {
    private static final byte[] DATA = "{\"a\":1}".getBytes(US_ASCII);

    @Nested
    class Event {
        @Test
        void hasItsIdItsNameAndOneLineOfData() {
            assertThat(ServerSentEvents.event("7", "message", DATA).toString())
                    .isEqualTo("id: 7\nevent: message\ndata: {\"a\":1}\n\n");
        }

        @Test
        void mayHaveNoId() {
            assertThat(ServerSentEvents.event(null, "reset", DATA).toString())
                    .isEqualTo("event: reset\ndata: {\"a\":1}\n\n");
        }

        @Test
        void isNamedByItsPositionAndEpoch() {
            assertThat(ServerSentEvents.id(7, 0)).isEqualTo("7");
            assertThat(ServerSentEvents.id(7, 3)).isEqualTo("7-3");
        }
    }

    @Test
    void theHeadIsACommentAndHowLongToWait() {
        ResponseHead head = ServerSentEvents.head("kind", Map.of("Vary", "Accept"));
        assertThat(head.kind()).isEqualTo("kind");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.headers())
                .containsExactlyInAnyOrderEntriesOf(Map.of("Vary", "Accept", "Content-Type", "text/event-stream"));
        assertThat(head.greeting()).isEqualTo(": ok\n\nretry: 2000\n\n");
        assertThat(head.heartbeat()).startsWith(":").endsWith("\n\n").hasLineCount(2);
        assertThat(head.every()).isEqualTo(Duration.ofSeconds(15));
    }

    @Nested
    class LastEventId {
        @ParameterizedTest
        @CsvSource({"0,0,0", "7,0,7", "10,0,10", "007,0,7", "7-0,0,7", "7-3,3,7", "0-3,3,0", "10-999999999,999999999,10"
        })
        void isAPositionOfThisEpoch(String id, int epoch, long position) {
            assertThat(ServerSentEvents.position(id, epoch, 10)).hasValue(position);
        }

        @ParameterizedTest
        @CsvSource({"7,3", "7-3,0", "7-3,4", "7-0,3", "11,0", "11-3,3", "999999999999999999,0"})
        void isNoneOfAnotherEpochNorBeyondTheEnd(String id, int epoch) {
            assertThat(ServerSentEvents.position(id, epoch, 10)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    " 7",
                    "7 ",
                    "-1",
                    "+7",
                    "7.0",
                    "7-",
                    "-7",
                    "7-0-0",
                    "7-1234567890",
                    "0x7",
                    "1e1",
                    "v7",
                    "9223372036854775808",
                    "99999999999999999999999",
                    "٧",
                    "é",
                    "null",
                    "7\n8"
                })
        void isNoPositionWhereItIsNoNumber(String id) {
            assertThat(ServerSentEvents.position(id, 0, Long.MAX_VALUE)).isEmpty();
        }
    }

    @Nested
    class Accept {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "text/event-stream",
                    "TEXT/Event-Stream",
                    " text/event-stream ",
                    "application/json, text/event-stream",
                    "text/event-stream,*/*;q=0.1",
                    "text/event-stream;q=0.001",
                    "text/event-stream; q=1.0",
                    "text/event-stream; charset=utf-8",
                    "*/*;q=0, text/event-stream;q=0.5",
                    "application/json;q=0 , text/event-stream"
                })
        void asksForEvents(String accept) {
            assertThat(ServerSentEvents.isAccepted(accept)).isTrue();
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(
                strings = {
                    "",
                    "*/*",
                    "text/*",
                    "application/json",
                    "text/event-stream;q=0",
                    "text/event-stream;q=0.",
                    "text/event-stream; q=0.000, */*",
                    "text/event-stream;charset=utf-8;Q=0.0",
                    "text/event-stream ; q = 0",
                    "text/event-streams",
                    "xtext/event-stream",
                    "text / event-stream",
                    ",;,"
                })
        void asksForSomethingElse(String accept) {
            assertThat(ServerSentEvents.isAccepted(accept)).isFalse();
        }
    }
}
