package org.xfchat.realtime;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.AnyContentType;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.user.CurrentCaller;
import org.xfchat.user.SignedIn;

/** {@code /typing} (contract 3). */
@Path("/typing")
@SignedIn
public class TypingResource {
    /**
     * Somebody types, or does no longer.
     *
     * @param user ignored: it is the caller who types
     * @param isTyping required
     * @param conversationId where; null for nowhere in particular
     */
    @AnyContentType
    @RegisterForReflection
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Typing(
            @Nullable String user,
            @Nullable Boolean isTyping,
            @Nullable UUID conversationId) {}

    private final Events events;
    private final CurrentCaller caller;

    TypingResource(Events events, CurrentCaller caller) {
        this.events = events;
        this.caller = caller;
    }

    @POST
    public Response type(@NotNull Typing typing) {
        if (typing.isTyping() == null) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "is_typing must be true or false");
        }
        events.typing(caller.get(), typing.isTyping(), typing.conversationId());
        return Response.ok().build();
    }
}
