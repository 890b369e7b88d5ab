package org.xfchat.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;
import org.xfchat.background.WorkerLoop;
import org.xfchat.database.DatabaseConfig;
import org.xfchat.database.DatabaseUrlSource;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.failure.Failures;

/** Appends to logs: what is sent at the same time is written together (contract 2.5). Safe for any thread. */
@Singleton
public class Lanes {
    /** How often what has waited too long is looked for, at most. */
    private static final Duration SWEEP = Duration.ofMillis(250);

    private final LaneBounds bounds;
    private final boolean readOnly;
    private final LaneWriter.Target target;
    private final ObjectMapper json;
    private final Delivery delivery;
    private final Failures failures;

    /** Empty unless it is running. */
    private volatile List<Lane> lanes = List.of();

    private @Nullable WorkerLoop sweeper;

    @Inject
    Lanes(
            DatabaseConfig database,
            Config settings,
            ObjectMapper json,
            MeterRegistry meters,
            Event<Committed> committed) {
        this(
                LaneBounds.STANDARD,
                database.readOnly(),
                target(database.pooledUrl(), settings),
                json,
                meters,
                committed::fire);
    }

    Lanes(
            LaneBounds bounds,
            boolean readOnly,
            LaneWriter.Target target,
            ObjectMapper json,
            MeterRegistry meters,
            Consumer<Committed> committed) {
        this.bounds = bounds;
        this.readOnly = readOnly;
        this.target = target;
        this.json = json;
        this.failures = Failures.in(meters);
        this.delivery = new Delivery(LogMetrics.in(meters), committed, failures);
        meters.gauge("xfchat.log.queue", this, Lanes::waiting);
    }

    static LaneWriter.Target target(boolean throughPgBouncer, Config settings) {
        Properties login = new Properties();
        settings.getOptionalValue("database-url.username", String.class)
                .ifPresent(user -> login.setProperty("user", user));
        settings.getOptionalValue("database-url.password", String.class)
                .ifPresent(password -> login.setProperty("password", password));
        // Elsewhere they are options of the connection.
        List<String> preamble = throughPgBouncer
                ? DatabaseUrlSource.LANE_OPTIONS.entrySet().stream()
                        .map(option -> "set local " + option.getKey() + " = " + option.getValue())
                        .toList()
                : List.of();
        return new LaneWriter.Target(
                settings.getOptionalValue("database-url.lane.jdbc", String.class)
                        .orElse(""),
                login,
                preamble);
    }

    /** Begins to write; connections are opened with the first request. */
    public synchronized void start() {
        if (!lanes.isEmpty()) {
            return;
        }
        List<Lane> started = IntStream.range(0, bounds.lanes())
                .mapToObj(
                        i -> new Lane("lane-" + i, bounds, new LaneWriter(target, json, delivery.metrics()), delivery))
                .toList();
        Duration period = Duration.ofMillis(
                Math.max(1, Math.min(SWEEP.toMillis(), bounds.expiry().toMillis() / 4)));
        // On a thread of its own: in an outage thousands are answered at once.
        WorkerLoop sweeping = new WorkerLoop(
                "lane-expiry",
                () -> {
                    started.forEach(Lane::expire);
                    return period.toNanos();
                },
                () -> {},
                failures);
        sweeping.start(period);
        sweeper = sweeping;
        started.forEach(Lane::start);
        lanes = started;
    }

    /** Refuses what comes from now on, writes what waits as far as there is time, and closes the connections. */
    @PreDestroy
    public synchronized void stop() {
        List<Lane> stopping = lanes;
        lanes = List.of();
        long deadline = System.nanoTime() + bounds.drain().toNanos();
        stopping.forEach(Lane::close);
        stopping.forEach(lane -> lane.awaitEnd(deadline));
        if (sweeper != null) {
            sweeper.stop();
            sweeper = null;
        }
    }

    /**
     * Appends once; appending the same draft again answers the same and changes nothing. Never blocks.
     *
     * @return completed after the commit, or with an {@link ApiException}: {@code UNAUTHENTICATED} for a sender whose account
     *     no longer exists, {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code MESSAGE_ID_TAKEN}, {@code
     *     VERSION_TAKEN}, {@code PARENT_UNKNOWN} with the unknown ones in {@code Parents}, {@code INVALID_REQUEST} for a text
     *     that cannot be stored; {@code READ_ONLY} and {@code BUSY}, after which it is certainly not stored; {@code
     *     UNAVAILABLE}, after which it may be
     */
    public CompletableFuture<Log.Appended> append(Draft draft) {
        Append append = new Append(draft);
        List<Lane> running = lanes;
        ErrorCode refusal;
        if (readOnly) {
            refusal = ErrorCode.READ_ONLY;
        } else if (running.isEmpty()) {
            refusal = ErrorCode.UNAVAILABLE;
        } else {
            refusal =
                    running.get(laneOf(draft.conversationId(), running.size())).offer(append);
        }
        if (refusal != null) {
            ApiException thrown = new ApiException(refusal);
            delivery.metrics().refused(thrown);
            append.refuse(thrown);
        }
        return append.answer;
    }

    /** One conversation, one lane: so its entries are announced in their order. */
    private static int laneOf(UUID conversation, int lanes) {
        int hash = conversation.hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), lanes);
    }

    private int waiting() {
        return lanes.stream().mapToInt(Lane::waiting).sum();
    }
}
