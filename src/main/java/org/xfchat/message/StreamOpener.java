package org.xfchat.message;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.background.FairExecutor;
import org.xfchat.cursor.Beginning;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Feeds;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.failure.Failures;
import org.xfchat.limit.StreamQuota;
import org.xfchat.memory.Reservation;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.Source;
import org.xfchat.stream.Streams;
import org.xfchat.window.Windows;

/**
 * Opens the streams that follow a log, a conversation's or the room's. The feed is registered first and the log is read then, so that
 * nothing falls between; whatever was taken is given back where the stream does not open.
 *
 * <p>Few streams begin at a time. After a restart everybody comes back at once, and to begin is to ask the database and to write a
 * page: if all of them did so together, who sends a message would wait behind them. They wait for their turn instead, without a thread,
 * one of each user after the other. What takes its time, because there is no memory at once or much to read,
 * has turns of its own, since others wait for these.
 */
@Singleton
public class StreamOpener {
    private static final Logger LOG = Logger.getLogger(StreamOpener.class);

    private static final int LEAST_AT_ONCE = 2;

    private static final int LONG_AT_ONCE = 16;

    private final Feeds feeds;
    private final Streams streams;
    private final Windows windows;
    private final StreamQuota quota;
    private final FairExecutor turns;

    /** For beginnings that take their time, and mostly wait for memory meanwhile. */
    private final FairExecutor longTurns;

    StreamOpener(
            Feeds feeds,
            Streams streams,
            Windows windows,
            StreamQuota quota,
            Failures failures,
            MeterRegistry metrics) {
        this.feeds = feeds;
        this.streams = streams;
        this.windows = windows;
        this.quota = quota;
        // Enough to keep the database busy, and few beside the event loops and the lanes, which go on meanwhile.
        int atOnce = Math.max(LEAST_AT_ONCE, Runtime.getRuntime().availableProcessors());
        this.turns = new FairExecutor("beginnings", atOnce, failures);
        this.longTurns = new FairExecutor("beginnings", LONG_AT_ONCE, failures);
        Gauge.builder("xfchat.stream.waiting", this, StreamOpener::waiting)
                .description("requests that wait for their turn to begin a stream")
                .register(metrics);
    }

    /**
     * Who asks.
     *
     * @param account says who that is, and whether the account lives: asked when it is the user's turn
     * @param memory for what is written first
     */
    public record Request(RoutingContext http, UUID user, Supplier<Caller> account, CurrentReservation memory) {}

    /**
     * How a stream begins.
     *
     * @param first what is written first, empty for nothing
     * @param source what feeds it after that; it gives back the beginning's memory
     */
    public record Opening(ResponseHead head, Buffer first, Function<@Nullable Beginning, Source> source) {}

    /**
     * Takes the response over, when it is the caller's turn.
     *
     * @param begin reads where the stream begins, on another thread; what it throws is the request's answer
     * @return completed when the stream has the response; fails with what {@code begin} throws, never once the request was answered
     *     otherwise meanwhile
     * @throws org.xfchat.error.ApiException {@code TOO_MANY_REQUESTS} where the caller has, or waits for, as many streams as he may have
     */
    public CompletableFuture<Void> open(
            Request request, UUID conversation, BiFunction<Feed, Windows.Reading, Opening> begin) {
        UUID user = request.user();
        streams.requirePlace(user);
        quota.requireRoom(turns.waiting(user) + longTurns.waiting(user), waiting());
        Attempt attempt = new Attempt(request, request.memory().take(), conversation, begin);
        try {
            turns.execute(user, attempt::take);
        } catch (RejectedExecutionException | Error stopping) {
            attempt.memory.close();
            throw new ApiException(ErrorCode.UNAVAILABLE, stopping);
        }
        return attempt.opened;
    }

    private int waiting() {
        return turns.waiting() + longTurns.waiting();
    }

    /** To open a stream, on whatever thread. */
    private final class Attempt {
        private final Request request;
        private final EventLoop loop;
        private final Reservation memory;
        private final UUID conversation;
        private final BiFunction<Feed, Windows.Reading, Opening> begin;
        private final CompletableFuture<Void> opened = new CompletableFuture<>();

        Attempt(
                Request request,
                Reservation memory,
                UUID conversation,
                BiFunction<Feed, Windows.Reading, Opening> begin) {
            this.request = request;
            this.loop = Streams.loop(request.http());
            this.memory = memory;
            this.conversation = conversation;
            this.begin = begin;
        }

        /** In its turn, which others wait for. */
        void take() {
            end(this::open);
        }

        /** In a turn that nobody waits for who has little to read. */
        private void takeTime(Caller caller) {
            longTurns.execute(
                    request.user(),
                    () -> end(() -> {
                        boolean unused = open(caller, reading -> Optional.of(windows.read(memory, reading)));
                    }));
        }

        private void end(Runnable step) {
            try {
                if (isUnanswered()) {
                    step.run();
                } else {
                    memory.close();
                }
            } catch (Throwable refused) {
                memory.close();
                if (isUnanswered()) {
                    opened.completeExceptionally(refused);
                } else {
                    LOG.debug("a stream did not open, after its request was answered", refused);
                }
            }
        }

        /** False where the client has gone, or has waited too long. */
        private boolean isUnanswered() {
            return !request.http().response().ended()
                    && !request.http().response().closed();
        }

        private void open() {
            Caller caller = request.account().get();
            if (!open(caller, reading -> windows.readNow(memory, reading))) {
                takeTime(caller);
            }
        }

        /** False, and nothing is taken, where it cannot be read. */
        private boolean open(Caller caller, Function<Function<Windows.Reading, Opening>, Optional<Opening>> read) {
            Feed feed = feeds.open(conversation);
            boolean handedOver = false;
            try {
                Optional<Opening> found = read.apply(reading -> begin.apply(feed, reading));
                if (found.isEmpty()) {
                    return false;
                }
                Opening opening = found.get();
                Source source = opening.source().apply(Beginning.of(opening.first(), memory));
                // From here on whoever has the source gives back what was taken.
                handedOver = true;
                open(caller, opening.head(), source);
                opened.complete(null);
                return true;
            } finally {
                if (!handedOver) {
                    feed.release();
                }
            }
        }

        private void open(Caller caller, ResponseHead head, Source source) {
            try {
                streams.open(request.http(), loop, caller, head, source);
            } catch (RuntimeException refused) {
                source.closed();
                throw refused;
            }
        }
    }

    @PreDestroy
    void close() {
        turns.close();
        longTurns.close();
    }
}
