package org.xfchat.limit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * How many bodies are on their way to this replica: of each user, from each address, and in all. One that has arrived counts
 * no more, so that only clients who send slowly, or not at all, ever meet these limits.
 */
@Singleton
public class BodyQuota {
    private static final Duration WAIT = Duration.ofSeconds(1);

    /** More than a client sends at a time; an address may be many people's; and of all as many as a replica has sockets for. */
    private static final int MOST_PER_USER = 50;

    private static final int MOST_PER_ADDRESS = 500;
    private static final int MOST = 5_000;

    private final boolean enabled;
    private final Proxies proxies;
    private final MeterRegistry meters;
    private final Map<UUID, Integer> byUser = new ConcurrentHashMap<>();
    private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();

    BodyQuota(LimitConfig config, Proxies proxies, MeterRegistry meters) {
        this.enabled = config.enabled();
        this.proxies = proxies;
        this.meters = meters;
        Gauge.builder("xfchat.limit.bodies", taken, AtomicInteger::get)
                .description("Bodies that are on their way")
                .register(meters);
    }

    /** Whose body it is, and the address from which it comes. */
    public final class Place {
        private final @Nullable UUID user;
        private final String address;

        private Place(@Nullable UUID user, String address) {
            this.user = user;
            this.address = address;
        }

        /** Who holds what is kept of it: the user, where one is known, else the address. */
        public Object holder() {
            return user == null ? address : user;
        }

        /** To be called once, when it has arrived or never will. */
        public void leave() {
            leaveIn(byAddress, address);
            if (user != null) {
                leaveIn(byUser, user);
            }
            taken.decrementAndGet();
        }
    }

    /**
     * Takes a place for the body of a request, which {@link Place#leave} gives back.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS} where its user or its address has too many, {@code BUSY} where there are
     *     too many of all; nothing is to be given back then
     */
    public Place take(RoutingContext request) {
        UUID user = Limited.find(request).orElse(null);
        String address = proxies.client(request);
        Place place = new Place(user, address);
        int all = taken.incrementAndGet();
        int ofAddress = byAddress.merge(address, 1, Integer::sum);
        int ofUser = user == null ? 0 : byUser.merge(user, 1, Integer::sum);
        if (all > MOST) {
            place.leave();
            meters.counter("xfchat.limit.refused", "action", Action.BODY.tag(), "scope", "total")
                    .increment();
            throw new ApiException(ErrorCode.BUSY);
        }
        if (enabled && ofUser > MOST_PER_USER) {
            place.leave();
            throw Limiter.refusal(Action.BODY, "user", WAIT, meters);
        }
        if (enabled && ofAddress > MOST_PER_ADDRESS) {
            place.leave();
            throw Limiter.refusal(Action.BODY, "address", WAIT, meters);
        }
        return place;
    }

    private static <K> void leaveIn(Map<K, Integer> quota, K key) {
        quota.computeIfPresent(key, (who, bodies) -> bodies == 1 ? null : bodies - 1);
    }
}
