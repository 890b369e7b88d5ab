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
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.xfchat.account.Users;
import org.xfchat.auth.Caller;
import org.xfchat.auth.Tokens;
import org.xfchat.background.Timer;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.error.HttpConfig;
import org.xfchat.failure.Failures;
import org.xfchat.limit.StreamQuota;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;
import org.xfchat.signal.Signals;

/** Opens streams, keeps them alive and ends them. */
@Singleton
public class Streams {
    /**
     * How often it is asked whether the accounts of open streams still live, and whether their readers still take part: with the
     * poll's second, who is out is cut within five.
     */
    public static final Duration RECHECK = Duration.ofSeconds(4);

    private static final Logger LOG = Logger.getLogger(Streams.class);
    private static final Duration TICK = Duration.ofMillis(100);

    /** Between looks at the sockets. */
    private static final int TICKS_PER_LOOK = 5;

    /** Longer than anybody stays, and well within what a nanosecond clock can tell. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Over which time the streams are cut at the end, so that their clients do not come back all at once. */
    private static final Duration SHUTDOWN_JITTER = Duration.ofSeconds(2);

    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(2);

    /** How many streams go on when one of them has given memory back. */
    private static final int FED = 2;

    private static final String FAILED = "failed";

    private final HttpConfig config;
    private final Users users;
    private final StreamQuota quota;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final Event<Object> events;
    private final ClientMemory memory;
    private final Failures failures;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final Set<Stream> starving = new LinkedHashSet<>();
    private final Map<String, AtomicInteger> openByKind = new ConcurrentHashMap<>();
    private final Future<?> ticks;
    // On the timer's thread.
    private long ticked;
    private volatile boolean stopping;
    private volatile long recheckDue = System.nanoTime();

    Streams(
            HttpConfig config,
            Users users,
            StreamQuota quota,
            Signals signals,
            MeterRegistry metrics,
            Clock clock,
            Event<Object> events,
            ClientMemory memory,
            Timer timer,
            Failures failures) {
        this.config = config;
        this.users = users;
        this.quota = quota;
        this.metrics = metrics;
        this.clock = clock;
        this.events = events;
        this.memory = memory;
        this.failures = failures;
        signals.onPoll(this::recheck);
        this.ticks = timer.every("streams", TICK, this::tick);
    }

    /**
     * Makes the response of a request a stream, where the request is handled; the source is called on the stream's event loop.
     *
     * @throws ApiException {@code UNAVAILABLE} while the service stops, {@code TOO_MANY_REQUESTS} where too many are open;
     *     the source is not called then
     */
    public void open(RoutingContext http, Caller caller, ResponseHead head, Source source) {
        open(http, loop(http), caller, head, source);
    }

    /** The thread of a request's connection; only where the request is handled it is known. */
    public static EventLoop loop(RoutingContext http) {
        return ((ContextInternal) http.vertx().getOrCreateContext()).nettyEventLoop();
    }

    /** The same from any thread. */
    public void open(RoutingContext http, EventLoop loop, Caller caller, ResponseHead head, Source source) {
        if (stopping) {
            throw new ApiException(ErrorCode.UNAVAILABLE, new IllegalStateException("the service is stopping"));
        }
        quota.take(caller.id());
        Duration left = left(caller);
        Stream stream = new Stream(http, loop, head, caller.id(), System.nanoTime() + left.toNanos(), source, this);
        try {
            loop.execute(() -> begin(stream, head));
        } catch (RuntimeException stopped) {
            quota.leave(caller.id());
            throw stopped;
        }
    }

    /**
     * Refuses, before anything is looked up, a stream that would be refused in the end.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS}
     */
    public void requirePlace(UUID user) {
        quota.require(user);
    }

    private Duration left(Caller caller) {
        Duration left = Duration.between(clock.instant(), caller.expires()).plus(Tokens.LEEWAY);
        return left.compareTo(LONGEST) < 0 ? left : LONGEST;
    }

    private void begin(Stream stream, ResponseHead head) {
        boolean opened = false;
        try {
            opened = stream.open(head);
        } catch (Throwable failed) {
            failures.survived("stream", failed);
            stream.abort(FAILED);
        }
        if (!opened) {
            quota.leave(stream.userId());
            return;
        }
        open.add(stream);
        count(stream.kind()).incrementAndGet();
        announce(new StreamOpened(stream.userId()));
        attempt(stream, stream::begin);
        if (stopping) {
            stream.abort("shutdown");
        }
    }

    /** Takes a step of a stream on its event loop; who cannot take it goes no further, and its client comes back. */
    void attempt(Stream stream, Runnable step) {
        try {
            step.run();
        } catch (Throwable failed) {
            failures.survived("stream", failed);
            stream.abort(FAILED);
        }
    }

    Reservation reservation(UUID user) {
        return memory.reservation(user);
    }

    /** Lets this stream go on when there is memory; it is asked to now and then in any case. From any thread. */
    void starve(Stream stream) {
        synchronized (starving) {
            starving.add(stream);
        }
    }

    /** Somebody has given memory back: enough for one other, and one more so that there are not fewer and fewer. */
    void hasRoom() {
        for (int i = 0; i < FED; i++) {
            Stream next;
            synchronized (starving) {
                Iterator<Stream> first = starving.iterator();
                if (!first.hasNext()) {
                    return;
                }
                next = first.next();
                first.remove();
            }
            next.feed();
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

    /** It was open. On its event loop. */
    void closed(Stream stream, String reason) {
        open.remove(stream);
        quota.leave(stream.userId());
        count(stream.kind()).decrementAndGet();
        synchronized (starving) {
            starving.remove(stream);
        }
        hasRoom();
        metrics.counter("xfchat.stream.closed", "kind", stream.kind(), "reason", reason)
                .increment();
        LOG.debugf("%s closed", stream);
        announce(new StreamClosed(stream.userId()));
    }

    private void announce(Object event) {
        try {
            events.fire(event);
        } catch (Throwable failed) {
            failures.survived("observer", failed);
        }
    }

    private void tick() {
        long stall = config.stallTimeout().toNanos();
        long now = System.nanoTime();
        boolean looks = ticked++ % TICKS_PER_LOOK == 0;
        for (Stream stream : open) {
            try {
                stream.tick(now, looks, stall);
            } catch (Throwable failed) {
                failures.survived("streams", failed);
            }
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
        recheckDue = now + RECHECK.toNanos();
    }

    /** Cuts every stream, spread over a moment, and opens no other; returns when all are cut. */
    public void stop() {
        stopping = true;
        int streams = open.size();
        long now = System.nanoTime();
        long jitter = SHUTDOWN_JITTER.toNanos();
        open.forEach(stream -> stream.cutAt(now + ThreadLocalRandom.current().nextLong(jitter + 1)));
        long deadline = now + jitter + SHUTDOWN_GRACE.toNanos();
        while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TICK.toNanos() / 10);
        }
        ticks.cancel(false);
        LOG.infof("%d streams cut", streams - open.size());
    }
}
