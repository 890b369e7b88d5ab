package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final int MAX_BYTES = 1000;

    private final UUID replica = UUID.randomUUID();
    private final Outbox outbox = new Outbox(replica, 3, MAX_BYTES);
    private final AtomicInteger tooLong = new AtomicInteger();
    private final UUID ann = UUID.randomUUID();

    private List<JsonNode> drain() {
        List<JsonNode> drained = new ArrayList<>();
        for (String text : outbox.drain(tooLong::incrementAndGet)) {
            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(MAX_BYTES);
            assertThat(outbox.isOwn(text)).isTrue();
            assertThat(new Outbox(UUID.randomUUID(), 1, 1).isOwn(text)).isFalse();
            try {
                drained.add(new ObjectMapper().readTree(text));
            } catch (JsonProcessingException malformed) {
                throw new AssertionError(text, malformed);
            }
        }
        return drained;
    }

    private static List<String> events(List<JsonNode> texts) {
        return texts.stream().map(text -> text.path("event").asText()).toList();
    }

    @Test
    void saysEverythingOnceInItsOrder() {
        assertThat(drain()).isEmpty();
        outbox.add(null, List.of(ann), "1");
        outbox.add(null, List.of(ann), "2");
        List<JsonNode> said = drain();
        assertThat(events(said)).containsExactly("1", "2");
        assertThat(said.get(0).path("from").asText()).isEqualTo(replica.toString());
        assertThat(said.get(0).path("to")).extracting(JsonNode::asText).containsExactly(ann.toString());
        assertThat(drain()).isEmpty();
    }

    @Test
    void ofOneSubjectOnlyTheLatestIsSaid() {
        outbox.add("typing", List.of(ann), "1");
        outbox.add("reading", List.of(ann), "2");
        outbox.add("typing", List.of(ann), "3");
        assertThat(events(drain())).containsExactly("2", "3");
    }

    @Test
    void takesNoMoreThanItsCapacity() {
        for (int i = 0; i < 3; i++) {
            assertThat(outbox.add(i, List.of(ann), "" + i)).isTrue();
        }
        assertThat(outbox.add(null, List.of(ann), "too many")).isFalse();
        assertThat(outbox.add(1, List.of(ann), "5")).as("in place of another").isTrue();
        assertThat(events(drain())).containsExactly("0", "2", "5");
    }

    @Test
    void manyRecipientsAreSpreadOverTexts() {
        List<UUID> many = Stream.generate(UUID::randomUUID).limit(100).toList();
        outbox.add(null, many, "\"" + "ü".repeat(100) + "\"");
        List<JsonNode> said = drain();
        assertThat(said).hasSizeGreaterThan(4);
        assertThat(said.stream()
                        .flatMap(text -> Stream.iterate(
                                        0, i -> i < text.path("to").size(), i -> i + 1)
                                .map(i -> UUID.fromString(text.path("to").get(i).asText()))))
                .containsExactlyElementsOf(many);
        assertThat(tooLong).hasValue(0);
    }

    @Test
    void whatDoesNotFitIsDroppedAndTheRestSaid() {
        String longest = "\"" + "x".repeat(MAX_BYTES - 112) + "\"";
        outbox.add(null, List.of(ann), longest + " ".repeat(60));
        outbox.add(null, List.of(ann), "2");
        assertThat(events(drain())).containsExactly("2");
        assertThat(tooLong).hasValue(1);
    }
}
