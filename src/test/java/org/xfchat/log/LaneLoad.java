package org.xfchat.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** The lanes of some replicas at work, without anything around them. */
public final class LaneLoad implements AutoCloseable {
    /** Of each replica: enough that batches are full. */
    private static final int IN_FLIGHT = 512;

    /** A conversation and somebody who takes part in it. */
    public record Place(UUID conversation, UUID user) {}

    private final List<TestLanes> replicas;
    private final List<Place> places;
    private final LongAdder appended = new LongAdder();
    private volatile boolean stopped;

    /** @param databaseUrl of a database with the schema and these places */
    public LaneLoad(String databaseUrl, int replicas, List<Place> places) {
        this.places = List.copyOf(places);
        this.replicas = IntStream.range(0, replicas)
                .mapToObj(i -> TestLanes.start(TestBounds.STANDARD, TestLanes.target(databaseUrl)))
                .toList();
    }

    /** Messages per second, as many as they can. */
    public double perSecond(Duration warmUp, Duration measured) {
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (TestLanes lanes : replicas) {
            for (int i = 0; i < IN_FLIGHT; i++) {
                CompletableFuture<Void> end = new CompletableFuture<>();
                writers.add(end);
                append(lanes, new SplittableRandom(writers.size()), end);
            }
        }
        CompletableFuture<Void> end = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
        pause(end, warmUp);
        appended.reset();
        long start = System.nanoTime();
        pause(end, measured);
        double rate = appended.sum() * 1e9 / (System.nanoTime() - start);
        stopped = true;
        end.join();
        return rate;
    }

    /** Time passes, unless the load fails meanwhile. */
    private static void pause(CompletableFuture<Void> end, Duration time) {
        end.copy()
                .completeOnTimeout(null, time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .join();
    }

    private void append(TestLanes lanes, SplittableRandom random, CompletableFuture<Void> end) {
        if (stopped) {
            end.complete(null);
            return;
        }
        Place place = places.get(random.nextInt(places.size()));
        Draft draft = new Draft(
                place.conversation(),
                UUID.randomUUID(),
                place.user(),
                null,
                List.of(),
                "text",
                "Shall we meet at eight, in front of the old cinema?",
                Map.of(),
                false);
        CompletableFuture<?> unused = lanes.append(draft).whenCompleteAsync((done, refused) -> {
            if (refused != null) {
                end.completeExceptionally(refused);
            } else {
                appended.increment();
                append(lanes, random, end);
            }
        });
    }

    @Override
    public void close() {
        replicas.forEach(TestLanes::close);
    }
}
