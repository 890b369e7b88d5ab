package org.xfchat.body;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.xfchat.error.ApiException;
import org.xfchat.limit.BodyPlaces;
import org.xfchat.memory.ClientMemory;

/** Receives bodies, as many as there are places and memory for. */
@Singleton
class Arrivals {
    private final BodyPlaces places;
    private final ClientMemory memory;
    private final int most;

    Arrivals(
            BodyPlaces places,
            ClientMemory memory,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize most) {
        this.places = places;
        this.memory = memory;
        this.most = Math.toIntExact(most.asLongValue());
    }

    /**
     * The body of a request, which is not read yet.
     *
     * @throws ApiException where there is no place for one more that is on its way
     */
    Uni<ReceivedBody> receive(RoutingContext request) {
        BodyPlaces.Place place;
        try {
            place = places.take(request);
        } catch (ApiException refused) {
            Arrival.cutWhenAnswered(request);
            throw refused;
        }
        return new Arrival(request, place, memory.reservation(place.holder()), most).begin();
    }
}
