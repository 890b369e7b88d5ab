package org.xfchat.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xfchat.failure.Failures;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;

/** With readers that read when they are told to. */
class FillsTest {
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<List<Log.Part>> readings = new ArrayList<>();
    private final Map<UUID, List<Entry>> logs = new LinkedHashMap<>();
    private final Map<UUID, @Nullable List<Entry>> answers = new LinkedHashMap<>();

    /** How many conversations fit into one reading. */
    private int room = Integer.MAX_VALUE;

    private String text = "hello";

    private boolean away;
    private boolean broken;
    private final Set<UUID> unreadable = new HashSet<>();

    private final Fills fills =
            new Fills(tasks::add, (parts, bytes) -> read(parts), metrics.timer("queued"), Failures.in(metrics));

    private @Nullable List<List<Entry>> read(List<Log.Part> parts) {
        readings.add(parts);
        if (broken || parts.stream().map(Log.Part::conversation).anyMatch(unreadable::contains)) {
            throw new StackOverflowError("asked for by a test");
        }
        if (away) {
            return null;
        }
        return IntStream.range(0, parts.size())
                .mapToObj(i -> i < room ? logs.getOrDefault(parts.get(i).conversation(), List.of()) : List.<Entry>of())
                .toList();
    }

    private UUID ask(boolean hasNews) {
        UUID conversation = UUID.randomUUID();
        if (hasNews) {
            logs.put(
                    conversation,
                    List.of(new Entry(
                            UUID.randomUUID(),
                            conversation,
                            1,
                            UUID.randomUUID(),
                            "v",
                            "p",
                            "text",
                            text,
                            true,
                            Map.of(),
                            Instant.EPOCH)));
        }
        fills.add(new Log.Part(conversation, 0, Long.MAX_VALUE), found -> answers.put(conversation, found));
        return conversation;
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void whatWaitsIsReadTogether() {
        List<UUID> asked =
                IntStream.range(0, 100).mapToObj(i -> ask(i % 2 == 1)).toList();
        runAll();
        assertThat(readings).extracting(List::size).startsWith(64, 36);
        assertThat(answers).containsOnlyKeys(asked);
        asked.forEach(one -> assertThat(answers.get(one)).isEqualTo(logs.getOrDefault(one, List.of())));
        assertThat(metrics.timer("queued").count()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void whatDidNotFitIsReadNextAndFirst() {
        text = "x".repeat(100_000);
        List<UUID> asked = IntStream.range(0, 5).mapToObj(i -> ask(true)).toList();
        room = 2;
        tasks.remove().run();
        assertThat(answers).containsOnlyKeys(asked.subList(0, 2));
        UUID late = ask(true);
        runAll();
        assertThat(readings.stream().skip(1).flatMap(List::stream))
                .extracting(Log.Part::conversation)
                .containsExactly(asked.get(2), asked.get(3), asked.get(4), late);
        assertThat(readings.get(1)).as("no more than fitted before").hasSize(2);
        assertThat(answers)
                .containsOnlyKeys(asked.get(0), asked.get(1), asked.get(2), asked.get(3), asked.get(4), late);
        assertThat(answers.values()).doesNotContain(List.of()).doesNotContainNull();
    }

    @Test
    void whoHasNoNewsIsToldSo() {
        UUID quiet = ask(false);
        runAll();
        assertThat(answers.get(quiet)).isEmpty();
        assertThat(readings).hasSize(1);
    }

    @Test
    void everybodyIsAnsweredWhereNothingCanBeRead() {
        UUID one = ask(true);
        away = true;
        runAll();
        UUID other = ask(true);
        broken = true;
        runAll();
        assertThat(answers).containsOnlyKeys(one, other);
        assertThat(answers.values()).containsOnlyNulls();
        assertThat(metrics.get("xfchat.failure.survived").counter().count()).isEqualTo(1);
    }

    @Test
    void whatCannotBeReadIsReadByItself() {
        List<UUID> asked = IntStream.range(0, 5).mapToObj(i -> ask(true)).toList();
        unreadable.add(asked.get(2));
        runAll();
        assertThat(answers).containsOnlyKeys(asked);
        assertThat(answers.get(asked.get(2))).isNull();
        assertThat(answers.values())
                .filteredOn(one -> one == null || one.isEmpty())
                .hasSize(1);
        assertThat(readings).extracting(List::size).containsExactly(5, 1, 1, 1, 1, 1);
    }

    @Test
    void whoFailsHarmsNoOther() {
        fills.add(new Log.Part(UUID.randomUUID(), 0, Long.MAX_VALUE), found -> {
            throw new StackOverflowError("asked for by a test");
        });
        UUID other = ask(true);
        runAll();
        assertThat(answers.get(other)).isNotEmpty();
    }
}
