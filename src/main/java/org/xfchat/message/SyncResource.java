package org.xfchat.message;

import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.answer.Body;
import org.xfchat.answer.CurrentReservation;
import org.xfchat.braid.BraidSyntaxException;
import org.xfchat.braid.Subscription;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.error.Limit;
import org.xfchat.stream.RequestHeaders;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.user.CurrentCaller;
import org.xfchat.user.SignedIn;

/** Reading a conversation's log as a Braid resource (contract 2.2 to 2.4). */
@Path("/sync/conversations/{conversation}/messages")
@SignedIn
public class SyncResource {
    static final String VERSION = "Version";
    static final String PARENTS = "Parents";
    static final String CURRENT_VERSION = "Current-Version";
    private static final String SUBSCRIBE = "Subscribe";
    static final String VARY = "Accept, Subscribe, Parents, Version, Last-Event-ID, Authorization";

    private final Messages messages;
    private final Subscriptions subscriptions;
    private final CurrentCaller caller;
    private final CurrentReservation reservation;

    SyncResource(Messages messages, Subscriptions subscriptions, CurrentCaller caller, CurrentReservation reservation) {
        this.messages = messages;
        this.subscriptions = subscriptions;
        this.caller = caller;
        this.reservation = reservation;
    }

    /**
     * The log: as a stream of server-sent events or of Braid updates where the request asks for one, else its newest state,
     * or with {@code Version} the one of that name (Braid-HTTP 04, sections 2.3 and 4).
     *
     * @param later not resumed where a stream has taken the response over, which may be complete before this returns
     */
    @GET
    @Blocking
    public void read(
            @PathParam("conversation") UUID conversation,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam(ServerSentEvents.LAST_EVENT_ID) @Nullable String lastEventId,
            @Context RoutingContext http,
            @Suspended AsyncResponse later) {
        List<String> versions = versions(http, VERSION);
        List<String> parents = versions(http, PARENTS);
        boolean isHead = http.request().method().equals(HttpMethod.HEAD);
        boolean events = !isHead && ServerSentEvents.isAccepted(RequestHeaders.text(http, HttpHeaders.ACCEPT));
        String subscribe = isHead ? null : subscription(http);
        if (versions.size() > 1) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Version must name one state");
        }
        if (!versions.isEmpty() && (events || subscribe != null)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A subscription takes Parents, not Version");
        }
        int most = (int) Limit.of(limit, "limit", 1, MessageResource.MAX_LIMIT, MessageResource.DEFAULT_LIMIT);
        Subscriptions.Request request =
                new Subscriptions.Request(http, caller.get(), conversation, parents, most, reservation);
        if (events) {
            subscriptions.events(request, ServerSentEvents.lastEventId(http, lastEventId));
        } else if (subscribe != null) {
            subscriptions.braid(request, subscribe, RequestHeaders.text(http, "Heartbeats"));
        } else if (!isHead && !parents.isEmpty()) {
            subscriptions.range(request, versions.stream().findFirst());
        } else {
            later.resume(state(messages.snapshot(
                    conversation, caller.get().id(), versions.stream().findFirst(), most, reservation.get())));
        }
    }

    /** The header that asks for a subscription; null where none does. */
    private static @Nullable String subscription(RoutingContext http) {
        String subscribe = RequestHeaders.text(http, SUBSCRIBE);
        return subscribe != null && Subscription.isWanted(subscribe) ? subscribe : null;
    }

    private static Response state(Messages.Snapshot snapshot) {
        Response.ResponseBuilder response = Response.ok(Body.of(snapshot.messages()), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, VARY)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(VERSION, VersionHeader.format(snapshot.at().version()))
                .header(CURRENT_VERSION, VersionHeader.format(snapshot.head().version()));
        if (snapshot.parent() != null) {
            response.header(PARENTS, VersionHeader.format(snapshot.parent()));
        }
        return response.build();
    }

    /** The ids of a version header; empty where it is absent. */
    static List<String> versions(RoutingContext http, String name) {
        try {
            return VersionHeader.parse(RequestHeaders.lines(http, name));
        } catch (BraidSyntaxException malformed) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, String.valueOf(malformed.getMessage()));
        }
    }
}
