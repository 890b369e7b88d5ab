package org.xfchat.room;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.body.AnyContentType;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.Deadline;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.Limited;
import org.xfchat.message.LogRequest;
import org.xfchat.response.Body;
import org.xfchat.response.CurrentReservation;
import org.xfchat.room.Snapshots.Snapshot;
import org.xfchat.stream.ServerSentEvents;

/** {@code /chat}, the room of everybody (contract 3). */
@Path("/chat")
@Authenticated
public class RoomResource {
    private static final int MAX_AUTHOR_LENGTH = 100;

    /**
     * What is said.
     *
     * @param text refused where it is missing, null or blank, see {@link Room#post}
     * @param author checked for form only: it is the account's name that counts
     * @param timestamp ignored: it is the server's clock that counts
     */
    @AnyContentType
    @RegisterForReflection
    public record Post(
            String text, @Nullable String author, @Nullable JsonNode timestamp) {}

    private final Room room;
    private final RoomSubscriptions subscriptions;
    private final CurrentCaller caller;
    private final CurrentReservation reservation;

    RoomResource(Room room, RoomSubscriptions subscriptions, CurrentCaller caller, CurrentReservation reservation) {
        this.room = room;
        this.subscriptions = subscriptions;
        this.caller = caller;
        this.reservation = reservation;
    }

    /** The last messages: as a stream where the request asks for one, else as they are now. */
    @GET
    @Blocking
    public Uni<Response> read(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam(ServerSentEvents.LAST_EVENT_ID) @Nullable String lastEventId,
            @Context RoutingContext http) {
        return Deadline.of(http).rest(answer(limit, lastEventId, http));
    }

    private Uni<Response> answer(@Nullable String limit, @Nullable String lastEventId, RoutingContext http) {
        LogRequest wanted = LogRequest.of(http, limit);
        RoomSubscriptions.Request request =
                new RoomSubscriptions.Request(http, caller.get(), wanted.parents(), wanted.limit(), reservation);
        if (wanted.events()) {
            return unlessOpened(subscriptions.events(request, ServerSentEvents.lastEventId(http, lastEventId)));
        }
        if (wanted.subscribe() != null) {
            return unlessOpened(subscriptions.braid(request, wanted.subscribe(), LogRequest.heartbeats(http)));
        }
        return Uni.createFrom().item(state(subscriptions.state(wanted.limit(), reservation.get())));
    }

    /** Nothing where a stream has taken the response over. */
    private static Uni<Response> unlessOpened(CompletableFuture<Void> opening) {
        return Uni.createFrom()
                .completionStage(opening)
                .onItem()
                .transformToUni(opened -> Uni.createFrom().nothing());
    }

    private static Response state(Snapshot snapshot) {
        Response.ResponseBuilder response = Response.ok(Body.ofJson(snapshot.state()), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, RoomSubscriptions.VARY)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        if (snapshot.version() != null) {
            String version = VersionHeader.format(snapshot.version());
            response.header("Version", version).header("Current-Version", version);
        }
        return response.build();
    }

    /** Says something to everybody. */
    @PUT
    @Limited.Message
    @Blocking
    public Uni<Response> post(@NotNull Post post, @Context HttpHeaders headers, @Context RoutingContext http) {
        String author = post.author();
        if (author != null && (author.isBlank() || author.codePointCount(0, author.length()) > MAX_AUTHOR_LENGTH)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "author must have 1 to " + MAX_AUTHOR_LENGTH + " characters");
        }
        // Not as a parameter, which takes an empty one for none.
        String key = headers.getHeaderString("Idempotency-Key");
        Deadline deadline = Deadline.of(http);
        return deadline.rest(room.post(caller.get(), post.text(), key, deadline::begin)
                .map(version -> Response.ok()
                        .header("Version", VersionHeader.format(version))
                        .build()));
    }
}
