package org.xfchat.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
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
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.CurrentCaller;
import org.xfchat.account.TokenRequired;
import org.xfchat.auth.Caller;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.Limited;
import org.xfchat.log.Draft;
import org.xfchat.log.Lanes;
import org.xfchat.log.Log;
import org.xfchat.response.Body;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.RequestHeaders;
import org.xfchat.stream.ServerSentEvents;

/** A conversation's log as a Braid resource: reading it (contract 2.2 to 2.4) and appending to it (2.5). */
@Path("/sync/conversations/{conversation}/messages")
public class LogResource {
    static final String VERSION = "Version";
    static final String CURRENT_VERSION = "Current-Version";
    static final String VARY = "Accept, Subscribe, Parents, Version, Last-Event-ID, Authorization";

    /**
     * What is to be appended.
     *
     * @param messageType null, {@code "text"}, or an object with {@code type}
     */
    public record Message(
            @NotNull String content,
            @JsonProperty("message_type") @Nullable JsonNode messageType) {}

    /** The old server's answer, exactly these four. */
    @RegisterForReflection
    public record Stored(
            boolean success,
            @JsonProperty("message_id") UUID messageId,
            String version,
            @Nullable String error) {}

    private final Lanes lanes;
    private final Messages messages;
    private final Subscriptions subscriptions;
    private final CurrentCaller caller;
    private final CurrentReservation reservation;

    LogResource(
            Lanes lanes,
            Messages messages,
            Subscriptions subscriptions,
            CurrentCaller caller,
            CurrentReservation reservation) {
        this.lanes = lanes;
        this.messages = messages;
        this.subscriptions = subscriptions;
        this.caller = caller;
        this.reservation = reservation;
    }

    /**
     * The log: as a stream of server-sent events or of Braid updates where the request asks for one, else its newest state,
     * or with {@code Version} the one of that name (Braid-HTTP 04, sections 2.3 and 4).
     *
     * <p>Whether the account lives is asked where the rest is asked, which for a stream is when it is its turn.
     *
     * @param later not resumed where a stream has taken the response over, which may be complete before this returns
     */
    @GET
    @TokenRequired
    @Blocking
    public void read(
            @PathParam("conversation") UUID conversation,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam(ServerSentEvents.LAST_EVENT_ID) @Nullable String lastEventId,
            @Context RoutingContext http,
            @Suspended AsyncResponse later) {
        LogRequest wanted;
        Optional<String> version;
        try {
            wanted = LogRequest.of(http, limit);
            version = state(http, wanted);
        } catch (ApiException malformed) {
            // Whatever else is wrong, an account that is no longer there is judged first (contract 0).
            Caller unused = caller.account().get();
            throw malformed;
        }
        Subscriptions.Request request = new Subscriptions.Request(
                http, caller.id(), caller.account(), conversation, wanted.parents(), wanted.limit(), reservation);
        if (wanted.events()) {
            refused(subscriptions.events(request, ServerSentEvents.lastEventId(http, lastEventId)), later);
        } else if (wanted.subscribe() != null) {
            refused(subscriptions.braid(request, wanted.subscribe(), LogRequest.heartbeats(http)), later);
        } else if (!wanted.parents().isEmpty() && !http.request().method().equals(HttpMethod.HEAD)) {
            refused(subscriptions.range(request, version), later);
        } else {
            UUID reader = caller.account().get().id();
            later.resume(state(messages.snapshot(conversation, reader, version, wanted.limit(), reservation.get())));
        }
    }

    /** The state that the request names; empty for the newest. */
    private static Optional<String> state(RoutingContext http, LogRequest wanted) {
        List<String> versions = LogRequest.versions(http, VERSION);
        if (versions.size() > 1) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Version must name one state");
        }
        if (!versions.isEmpty() && (wanted.events() || wanted.subscribe() != null)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A subscription takes Parents, not Version");
        }
        return versions.stream().findFirst();
    }

    /** Answers where a stream does not open. */
    private static void refused(CompletableFuture<Void> opening, AsyncResponse later) {
        CompletableFuture<Void> unused = opening.whenComplete((opened, refused) -> {
            if (refused != null) {
                later.resume(refused);
            }
        });
    }

    private static Response state(Messages.Snapshot snapshot) {
        Response.ResponseBuilder response = Response.ok(Body.of(snapshot.messages()), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, VARY)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(VERSION, VersionHeader.format(snapshot.at().version()))
                .header(CURRENT_VERSION, VersionHeader.format(snapshot.head().version()));
        if (snapshot.parent() != null) {
            response.header(LogRequest.PARENTS, VersionHeader.format(snapshot.parent()));
        }
        return response.build();
    }

    /**
     * Appends a message under the client's id; the same again is the same (contract 2.5). On the event loop: nothing here
     * blocks, and a lane has the rest.
     */
    @PUT
    @TokenRequired
    @Path("{message}")
    @Limited.Message
    public Uni<Response> append(
            @PathParam("conversation") UUID conversation,
            @PathParam("message") UUID id,
            @Context RoutingContext http,
            @Nullable Message body) {
        return Uni.createFrom()
                .completionStage(lanes.append(draft(conversation, id, http, body)))
                .map(appended -> stored(id, appended));
    }

    private static Response stored(UUID id, Log.Appended appended) {
        return Response.ok(new Stored(true, id, appended.version(), null), MediaType.APPLICATION_JSON_TYPE)
                .header(VERSION, VersionHeader.format(appended.version()))
                .header(CURRENT_VERSION, VersionHeader.format(appended.current()))
                .build();
    }

    private Draft draft(UUID conversation, UUID id, RoutingContext http, @Nullable Message message) {
        // By hand: the validator would take longer over this one field than all that follows.
        if (message == null || message.content() == null) {
            throw new ApiException(ErrorCode.UNPROCESSABLE, "content must not be null");
        }
        if (id.equals(conversation)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A message cannot have its conversation's id");
        }
        if (!RequestHeaders.lines(http, "Content-Range").isEmpty()
                || !RequestHeaders.lines(http, "Patches").isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A message is written as a whole, without patches");
        }
        String version = version(id, http);
        List<String> parents = LogRequest.parents(http);
        MessageType type = MessageType.of(message.messageType());
        Text.check(message.content());
        return new Draft(
                conversation,
                id,
                caller.id(),
                version,
                parents,
                type.name(),
                message.content(),
                type.attributes(),
                false);
    }

    private static @Nullable String version(UUID id, RoutingContext http) {
        if (RequestHeaders.lines(http, VERSION).isEmpty()) {
            return null;
        }
        List<String> versions = LogRequest.versions(http, VERSION);
        if (versions.size() != 1) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Version must name exactly one state");
        }
        String version = versions.get(0);
        if (!Log.isUuid(version)) {
            return version;
        }
        if (!version.toLowerCase(Locale.ROOT).equals(id.toString())) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A version of UUID form must be the message's id");
        }
        return id.toString();
    }
}
