package org.xfchat.limit;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.xfchat.error.ApiException;

/** How many streams are open on this replica: of each user, and of all. */
@Singleton
public class StreamQuota {
    private static final int SHORTEST_WAIT_SECONDS = 5;
    private static final int LONGEST_WAIT_SECONDS = 15;

    private final boolean enabled;
    private final int mostPerUser;
    private final int most;
    private final MeterRegistry meters;
    private final Map<UUID, Integer> byUser = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();

    StreamQuota(LimitConfig config, MeterRegistry meters) {
        this.enabled = config.enabled();
        this.mostPerUser = config.streamsPerUser();
        this.most = config.streams();
        this.meters = meters;
    }

    /**
     * Whether there is a place, for who asks before it looks anything up; it may be gone when it comes to {@link #take}.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS}, with a wait that differs, so that not everybody comes back at once
     */
    public void require(UUID user) {
        requireRoom(byUser.getOrDefault(user, 0), taken.get());
    }

    /**
     * Whether there may be one more.
     *
     * @param own how many there are of the user
     * @param all of everybody
     * @throws ApiException {@code TOO_MANY_REQUESTS}, as {@link #require} does
     */
    public void requireRoom(int own, int all) {
        if (enabled && own >= mostPerUser) {
            throw refusal("user");
        }
        if (enabled && all >= most) {
            throw refusal("total");
        }
    }

    /**
     * Takes a place, which {@link #leave} gives back.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS}; nothing is to be given back then
     */
    public void take(UUID user) {
        int all = taken.incrementAndGet();
        int own = byUser.merge(user, 1, Integer::sum);
        if (enabled && (own > mostPerUser || all > most)) {
            leave(user);
            throw refusal(own > mostPerUser ? "user" : "total");
        }
    }

    public void leave(UUID user) {
        byUser.computeIfPresent(user, (id, open) -> open == 1 ? null : open - 1);
        taken.decrementAndGet();
    }

    private ApiException refusal(String scope) {
        int wait = ThreadLocalRandom.current().nextInt(SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS + 1);
        return Limiter.refusal(Action.STREAM, scope, Duration.ofSeconds(wait), meters);
    }
}
