package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.SseReader.Event;

/** The specification's own examples and rules. */
class SseReaderTest {
    private static List<Event> read(String stream) {
        SseReader reader = new SseReader("");
        reader.feed(stream.getBytes(UTF_8));
        return reader.poll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void readsEventsInPiecesOfAnySize(String end) {
        byte[] stream = String.join(
                        end,
                        "\uFEFF: ok",
                        "",
                        "retry: 2000",
                        "id: 1",
                        "event: message",
                        "data: {}",
                        "",
                        "data:a",
                        "data:  b",
                        "id",
                        "",
                        "data",
                        "",
                        ": ping",
                        "")
                .getBytes(UTF_8);
        for (int size = 1; size <= stream.length; size++) {
            SseReader reader = new SseReader("0");
            List<Event> events = new ArrayList<>();
            for (int at = 0; at < stream.length; at += size) {
                reader.feed(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)));
                events.addAll(reader.poll());
            }
            assertThat(events)
                    .containsExactly(
                            new Event("message", "{}", "1"),
                            new Event("message", "a\n b", ""),
                            new Event("message", "", ""));
            assertThat(reader.comments()).isEqualTo(2);
            assertThat(reader.retryMillis()).isEqualTo(2000);
        }
    }

    @Test
    void ignoresWhatItDoesNotKnow() {
        assertThat(read("foo: 1\nretry: x\nid: a\0b\n event: x\ndata: y\n\n"))
                .containsExactly(new Event("message", "y", ""));
    }

    @Test
    void dispatchesNothingWithoutData() {
        assertThat(read("event: x\n\ndata: y\n\n")).containsExactly(new Event("message", "y", ""));
    }

    @Test
    void forgetsWhatWasCut() {
        SseReader reader = new SseReader("7");
        assertThat(reader.lastEventId()).isEqualTo("7");
        reader.feed("id: 8\ndata: a\n\nid: 9\nevent: b\ndata: b\n".getBytes(UTF_8));
        assertThat(reader.poll()).containsExactly(new Event("message", "a", "8"));
        reader.reconnected();
        assertThat(reader.lastEventId()).isEqualTo("8");
        reader.feed("data: c\n\n".getBytes(UTF_8));
        assertThat(reader.poll()).containsExactly(new Event("message", "c", "8"));
    }

    @Test
    void takesAnIdWithoutData() {
        SseReader reader = new SseReader("");
        reader.feed("id: 3\n\n".getBytes(UTF_8));
        assertThat(reader.poll()).isEmpty();
        assertThat(reader.lastEventId()).isEqualTo("3");
    }
}
