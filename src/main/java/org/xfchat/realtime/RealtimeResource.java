package org.xfchat.realtime;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.braid.Subscription;
import org.xfchat.error.ApiException;
import org.xfchat.error.Deadline;
import org.xfchat.error.ErrorCode;
import org.xfchat.stream.RequestHeaders;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.stream.Streams;

/** {@code /realtime} (contract 3): what happens to the caller, as server-sent events without ids. */
@Path("/realtime")
@Authenticated
public class RealtimeResource {
    private static final String VARY = "Accept, Subscribe, Authorization";

    private final Subscribers subscribers;
    private final Streams streams;
    private final CurrentCaller caller;

    /** @param broadcast what the other replicas tell is heard from here on */
    RealtimeResource(Subscribers subscribers, Broadcast broadcast, Streams streams, CurrentCaller caller) {
        this.subscribers = subscribers;
        this.streams = streams;
        this.caller = caller;
    }

    /**
     * Never ends by itself.
     *
     * @param types names of events with commas, in any case; null or blank for all
     */
    @GET
    @Blocking
    public Uni<Response> subscribe(@QueryParam("types") @Nullable String types, @Context RoutingContext http) {
        return Deadline.of(http).rest(open(types, http));
    }

    private Uni<Response> open(@Nullable String types, RoutingContext http) {
        String wanted = RequestHeaders.text(http, "Subscribe");
        if (!Subscription.isWanted(wanted)
                && !ServerSentEvents.isAccepted(RequestHeaders.text(http, HttpHeaders.ACCEPT))) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "Send Subscribe: true or Accept: text/event-stream to subscribe");
        }
        if (http.request().method().equals(HttpMethod.HEAD)) {
            return Uni.createFrom()
                    .item(Response.ok()
                            .type("text/event-stream")
                            .header(HttpHeaders.VARY, VARY)
                            .build());
        }
        streams.requirePlace(caller.id());
        Map<String, String> extra = new LinkedHashMap<>(Map.of("Vary", VARY));
        if (wanted != null) {
            extra.put("Subscribe", Subscription.echo(wanted));
        }
        ResponseHead head = ServerSentEvents.head("realtime", extra);
        Subscriber subscriber = subscribers.add(caller.get().id(), names(types));
        try {
            streams.open(http, caller.get(), head, subscriber);
        } catch (RuntimeException refused) {
            subscriber.closed();
            throw refused;
        }
        // The stream has taken the response over.
        return Uni.createFrom().nothing();
    }

    private static Set<String> names(@Nullable String types) {
        return Stream.of((types == null ? "" : types).split(",", -1))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
