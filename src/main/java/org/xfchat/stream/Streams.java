package org.xfchat.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.xfchat.auth.Caller;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.StreamPlaces;
import org.xfchat.signal.Signals;
import org.xfchat.user.Users;

/** Opens streams, keeps them alive and ends them. */
@Singleton
public class Streams {
    private static final Logger LOG = Logger.getLogger(Streams.class);
    private static final Duration TICK = Duration.ofMillis(100);

    /** Between looks at the sockets. */
    private static final int TICKS_PER_LOOK = 5;

    /** Longer than anybody stays, and well within what a nanosecond clock can tell. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(2);

    private final StreamConfig config;
    private final Users users;
    private final StreamPlaces places;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final Event<Object> events;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> openByKind = new ConcurrentHashMap<>();
    private final Thread ticks = new Thread(this::watch, "streams");
    private volatile boolean stopping;
    private volatile long recheckDue = System.nanoTime();

    Streams(
            StreamConfig config,
            Users users,
            StreamPlaces places,
            Signals signals,
            MeterRegistry metrics,
            Clock clock,
            Event<Object> events) {
        this.config = config;
        this.users = users;
        this.places = places;
        this.metrics = metrics;
        this.clock = clock;
        this.events = events;
        signals.onPoll(this::recheck);
        ticks.setDaemon(true);
        ticks.start();
    }

    /**
     * Makes the response of a request a stream. From any thread; the source is called on the stream's event loop.
     *
     * @param whenSent called once, when nothing of what the source writes first is in memory any more, or never will be
     * @throws ApiException {@code UNAVAILABLE} while the service stops, {@code TOO_MANY_REQUESTS} where too many are open;
     *     neither is called then
     */
    public void open(RoutingContext http, Caller caller, Head head, Source source, Runnable whenSent) {
        if (stopping) {
            throw new ApiException(ErrorCode.UNAVAILABLE);
        }
        places.take(caller.id());
        Duration left = left(caller);
        EventLoop loop = ((ContextInternal) http.vertx().getOrCreateContext()).nettyEventLoop();
        Stream stream =
                new Stream(http, loop, head, caller.id(), System.nanoTime() + left.toNanos(), source, this::closed);
        loop.execute(() -> begin(stream, whenSent));
    }

    /**
     * Refuses, before anything is looked up, a stream that would be refused in the end.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS}
     */
    public void requirePlace(Caller caller) {
        places.require(caller.id());
    }

    private Duration left(Caller caller) {
        Duration left = Duration.between(clock.instant(), caller.expires()).plus(config.expiryLeeway());
        return left.compareTo(LONGEST) < 0 ? left : LONGEST;
    }

    private void begin(Stream stream, Runnable whenSent) {
        if (stream.open()) {
            open.add(stream);
            count(stream.kind()).incrementAndGet();
            events.fire(new StreamOpened(stream.userId()));
            stream.begin(whenSent);
            if (stopping) {
                stream.abort("shutdown");
            }
        } else {
            places.leave(stream.userId());
            whenSent.run();
        }
    }

    private AtomicInteger count(String kind) {
        return openByKind.computeIfAbsent(kind, name -> {
            AtomicInteger count = new AtomicInteger();
            Gauge.builder("xfchat.stream.open", count, AtomicInteger::get)
                    .description("open streams")
                    .tag("kind", name)
                    .register(metrics);
            return count;
        });
    }

    private void closed(Stream stream, String reason) {
        open.remove(stream);
        places.leave(stream.userId());
        count(stream.kind()).decrementAndGet();
        metrics.counter("xfchat.stream.closed", "kind", stream.kind(), "reason", reason)
                .increment();
        LOG.debugf("%s closed", stream);
        events.fire(new StreamClosed(stream.userId()));
    }

    private void watch() {
        long stall = config.stallTimeout().toNanos();
        for (long tick = 0; !Thread.currentThread().isInterrupted(); tick++) {
            long now = System.nanoTime();
            boolean stalls = tick % TICKS_PER_LOOK == 0;
            for (Stream stream : open) {
                try {
                    stream.tick(now, stalls, stall);
                } catch (RuntimeException failed) {
                    LOG.errorf(failed, "%s cannot go on", stream);
                    stream.abort("failed");
                }
            }
            LockSupport.parkNanos(TICK.toNanos());
        }
    }

    /** Cuts the streams of accounts that no longer exist. */
    private void recheck() {
        long now = System.nanoTime();
        if (now - recheckDue < 0 || open.isEmpty()) {
            return;
        }
        Set<UUID> readers = new HashSet<>();
        open.forEach(stream -> readers.add(stream.userId()));
        Set<UUID> live = users.live(readers);
        for (Stream stream : open) {
            if (readers.contains(stream.userId()) && !live.contains(stream.userId())) {
                stream.abort("account");
            }
        }
        recheckDue = now + config.recheckEvery().toNanos();
    }

    /** Cuts every stream, spread over a moment, and opens no other; returns when all are cut. */
    public void stop() {
        stopping = true;
        int streams = open.size();
        long now = System.nanoTime();
        long jitter = config.shutdownJitter().toNanos();
        open.forEach(stream -> stream.cutAt(now + ThreadLocalRandom.current().nextLong(jitter + 1)));
        long deadline = now + jitter + SHUTDOWN_GRACE.toNanos();
        while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TICK.toNanos() / 10);
        }
        ticks.interrupt();
        LOG.infof("%d streams cut", streams - open.size());
    }
}
