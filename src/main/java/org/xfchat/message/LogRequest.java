package org.xfchat.message;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xfchat.braid.BraidSyntaxException;
import org.xfchat.braid.Subscription;
import org.xfchat.braid.VersionHeader;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.error.IntegerParameter;
import org.xfchat.stream.RequestHeaders;
import org.xfchat.stream.ServerSentEvents;

/**
 * What a request that reads a log asks for, whether a conversation's or the room's (contract 2.2 to 2.4 and 3; Braid-HTTP 04,
 * sections 2 and 4).
 *
 * @param parents the versions that the client knows; empty for none
 * @param limit how many messages the window has at most that one gets who knows nothing
 * @param events whether the answer is to be a stream of server-sent events
 * @param subscribe the header that asks for a subscription; null where none does
 */
public record LogRequest(
        List<String> parents,
        int limit,
        boolean events,
        @Nullable String subscribe) {
    static final String PARENTS = "Parents";

    /**
     * Reads the request. A {@code HEAD} asks for no stream, whatever its headers say.
     *
     * @param limit the parameter of the query; null for none
     * @throws ApiException {@code INVALID_REQUEST}
     */
    public static LogRequest of(RoutingContext http, @Nullable String limit) {
        boolean isHead = http.request().method().equals(HttpMethod.HEAD);
        String subscribe = RequestHeaders.text(http, "Subscribe");
        return new LogRequest(
                versions(http, PARENTS),
                (int) IntegerParameter.of(limit, "limit", 1, MessageResource.MAX_LIMIT, MessageResource.DEFAULT_LIMIT),
                !isHead && ServerSentEvents.isAccepted(RequestHeaders.text(http, HttpHeaders.ACCEPT)),
                !isHead && subscribe != null && Subscription.isWanted(subscribe) ? subscribe : null);
    }

    /** The header that says how often an idle subscription gets a sign of life; null where there is none. */
    public static @Nullable String heartbeats(RoutingContext http) {
        return RequestHeaders.text(http, "Heartbeats");
    }

    /** The versions that {@code Parents} names; empty where it is absent. */
    static List<String> parents(RoutingContext http) {
        return versions(http, PARENTS);
    }

    /**
     * The versions that a header names; empty where it is absent.
     *
     * @throws ApiException {@code INVALID_REQUEST}
     */
    static List<String> versions(RoutingContext http, String name) {
        try {
            return VersionHeader.parse(RequestHeaders.lines(http, name));
        } catch (BraidSyntaxException malformed) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, String.valueOf(malformed.getMessage()));
        }
    }
}
