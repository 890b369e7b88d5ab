package org.xfchat.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.error.IntegerParameter;
import org.xfchat.response.Body;
import org.xfchat.response.CurrentReservation;

/** History and read marks over REST (contract 1.10 and 1.11). */
@Path("/api")
@Authenticated
public class MessageResource {
    static final int DEFAULT_LIMIT = 50;
    static final int MAX_LIMIT = 500;

    /** Newest first. */
    @RegisterForReflection
    public record History(
            List<MessageView> messages,
            @JsonProperty("has_more") boolean hasMore) {}

    private final Messages messages;
    private final CurrentCaller caller;
    private final CurrentReservation reservation;

    MessageResource(Messages messages, CurrentCaller caller, CurrentReservation reservation) {
        this.messages = messages;
        this.caller = caller;
        this.reservation = reservation;
    }

    @GET
    @Path("conversations/{id}/messages")
    public Body history(
            @PathParam("id") UUID conversation,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("offset") @Nullable String offset,
            @QueryParam("before") @Nullable UUID before) {
        Messages.Page page = messages.history(
                conversation,
                caller.get().id(),
                (int) IntegerParameter.of(limit, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                IntegerParameter.of(offset, "offset", 0, Integer.MAX_VALUE, 0),
                before,
                reservation.get());
        return Body.of(new History(page.messages(), page.hasMore()));
    }

    @PATCH
    @Path("messages/{id}/read")
    public Response markRead(@PathParam("id") UUID message) {
        messages.markRead(message, caller.get().id());
        return Response.ok().build();
    }
}
