package org.xfchat.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.Limited;
import org.xfchat.log.Draft;
import org.xfchat.log.Lanes;
import org.xfchat.log.Log;
import org.xfchat.stream.RequestHeaders;
import org.xfchat.user.CurrentCaller;
import org.xfchat.user.HoldsToken;

/** Sending a message (contract 2.5). */
@Path("/sync/conversations/{conversation}/messages")
@HoldsToken
public class SendResource {
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
    private final CurrentCaller caller;

    SendResource(Lanes lanes, CurrentCaller caller) {
        this.lanes = lanes;
        this.caller = caller;
    }

    /**
     * Appends a message under the client's id; the same again is the same (contract 2.5). On the event loop: nothing here
     * blocks, and a lane has the rest.
     */
    @PUT
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
                .header(SyncResource.VERSION, VersionHeader.format(appended.version()))
                .header(SyncResource.CURRENT_VERSION, VersionHeader.format(appended.current()))
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
        List<String> parents = SyncResource.versions(http, SyncResource.PARENTS);
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
        if (RequestHeaders.lines(http, SyncResource.VERSION).isEmpty()) {
            return null;
        }
        List<String> versions = SyncResource.versions(http, SyncResource.VERSION);
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
