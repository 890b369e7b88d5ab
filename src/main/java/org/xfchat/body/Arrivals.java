package org.xfchat.body;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.xfchat.error.ApiException;
import org.xfchat.limit.BodyQuota;
import org.xfchat.memory.ClientMemory;

/** Receives bodies, as many as there are places and memory for. */
@Singleton
class Arrivals {
    private final BodyQuota quota;
    private final ClientMemory memory;
    private final int most;

    Arrivals(
            BodyQuota quota,
            ClientMemory memory,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize most) {
        this.quota = quota;
        this.memory = memory;
        this.most = Math.toIntExact(most.asLongValue());
    }

    /**
     * The body of a request, which is not read yet.
     *
     * @throws ApiException where there is no place for one more that is on its way
     */
    Uni<ReceivedBody> receive(RoutingContext request) {
        BodyQuota.Place place;
        try {
            place = quota.take(request);
        } catch (ApiException refused) {
            Arrival.cutWhenAnswered(request);
            throw refused;
        }
        return new Arrival(request, place, memory.reservation(place.holder()), most).begin();
    }
}
