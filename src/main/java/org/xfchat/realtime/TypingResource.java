package org.xfchat.realtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.body.AnyContentType;
import org.xfchat.limit.Limited;

/** {@code /typing} (contract 3). */
@Path("/typing")
@Authenticated
public class TypingResource {
    /**
     * Somebody types, or does no longer.
     *
     * @param user ignored: it is the caller who types
     * @param conversationId where; null for nowhere in particular
     */
    @AnyContentType
    @RegisterForReflection
    public record Typing(
            @Nullable String user,

            @JsonProperty(value = "is_typing", required = true)
            boolean isTyping,

            @JsonProperty("conversation_id") @Nullable UUID conversationId) {}

    private final RealtimeEvents events;
    private final CurrentCaller caller;

    TypingResource(RealtimeEvents events, CurrentCaller caller) {
        this.events = events;
        this.caller = caller;
    }

    @POST
    @Limited.Typing
    public Response type(@NotNull Typing typing) {
        events.typing(caller.get(), typing.isTyping(), typing.conversationId());
        return Response.ok().build();
    }
}
