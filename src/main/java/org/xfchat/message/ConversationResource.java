package org.xfchat.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.buffer.Buffer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xfchat.answer.Body;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.error.Limit;
import org.xfchat.user.CurrentCaller;
import org.xfchat.user.SignedIn;

/** {@code /api/conversations} (contract 1.9). */
@Path("/api")
@SignedIn
public class ConversationResource {
    private static final List<String> KINDS = List.of("direct", "group");

    /** Most recently active first. */
    @RegisterForReflection
    public record Conversations(List<ConversationView> conversations) {}

    private final ConversationList list;
    private final CurrentCaller caller;
    private final ObjectMapper json;

    ConversationResource(ConversationList list, CurrentCaller caller, ObjectMapper json) {
        this.list = list;
        this.caller = caller;
        this.json = json;
    }

    /**
     * Direct conversations unless {@code kind} asks for others: the old client takes the first conversation that contains a
     * contact for the one with that contact.
     */
    @GET
    @Path("conversations")
    public Response conversations(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("kind") @Nullable String kind,
            @Context Request request)
            throws JsonProcessingException {
        List<String> kinds = kind == null ? List.of("direct") : List.of(kind.split(",", -1));
        if (!KINDS.containsAll(kinds)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "kind must be direct, group, or both with a comma");
        }
        int most = (int) Limit.of(limit, "limit", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
        byte[] body =
                json.writeValueAsBytes(new Conversations(list.of(caller.get().id(), kinds, most)));
        EntityTag tag = new EntityTag(digest(body), true);
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        Response.ResponseBuilder response = unchanged == null
                ? Response.ok(Body.of(Buffer.buffer(body)), MediaType.APPLICATION_JSON_TYPE)
                : unchanged;
        return response.tag(tag)
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(HttpHeaders.VARY, HttpHeaders.AUTHORIZATION)
                .build();
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
