package org.xfchat.message;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.BraidSyntaxException;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
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
    private static final String VARY = "Accept, Subscribe, Parents, Version, Last-Event-ID, Authorization";

    private final Messages messages;
    private final CurrentCaller caller;

    SyncResource(Messages messages, CurrentCaller caller) {
        this.messages = messages;
        this.caller = caller;
    }

    /** The log's newest state, or with {@code Version} the one of that name (Braid-HTTP 04, section 2.3). */
    @GET
    public Response read(
            @PathParam("conversation") UUID conversation,
            @QueryParam("limit") @Nullable String limit,
            @Context HttpHeaders headers) {
        List<String> versions = versions(headers, VERSION);
        versions(headers, PARENTS);
        if (versions.size() > 1) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Version must name one state");
        }
        if (!versions.isEmpty() && isSubscription(headers)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Version cannot be subscribed to, use Parents");
        }
        Messages.Snapshot snapshot = messages.snapshot(
                conversation, caller.get().id(), versions.stream().findFirst(), (int)
                        Limit.of(limit, "limit", 1, MessageResource.MAX_LIMIT, MessageResource.DEFAULT_LIMIT));
        Response.ResponseBuilder response = Response.ok(snapshot.messages(), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, VARY)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(VERSION, VersionHeader.format(snapshot.at().version()))
                .header(CURRENT_VERSION, VersionHeader.format(snapshot.head().version()));
        if (snapshot.parent() != null) {
            response.header(PARENTS, VersionHeader.format(snapshot.parent()));
        }
        return response.build();
    }

    private static boolean isSubscription(HttpHeaders headers) {
        String subscribe = headers.getHeaderString(SUBSCRIBE);
        return subscribe != null && !subscribe.equals("?0") && !subscribe.equalsIgnoreCase("false");
    }

    /** The ids of a version header; empty where it is absent. */
    static List<String> versions(HttpHeaders headers, String name) {
        try {
            return VersionHeader.parse(
                    Optional.ofNullable(headers.getRequestHeader(name)).orElse(List.of()));
        } catch (BraidSyntaxException malformed) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, String.valueOf(malformed.getMessage()));
        }
    }
}
