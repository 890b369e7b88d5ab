package org.xfchat.contact;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.Limited;

/** {@code /api/friends} and {@code /api/contacts} (contract 1.5 to 1.8). */
@Path("/api")
@Authenticated
public class FriendResource {
    /**
     * A question to the account with this address.
     *
     * @param message shown to the recipient, at most 1000 characters as the database counts them, and not as Java does; null for
     *     none
     */
    public record Ask(
            @JsonProperty("to_email") @NotNull String toEmail,

            @Pattern(regexp = "(?s).{0,1000}", message = "must have at most 1000 characters") @Nullable
            String message) {}

    /** Exactly one of {@code request_id} and {@code error} is null. */
    public record AskResult(
            boolean success,
            @JsonProperty("request_id") @Nullable UUID requestId,
            @Nullable String error) {}

    public record Answer(
            @JsonProperty("request_id") @NotNull UUID requestId,
            @NotNull Boolean accept) {}

    /** Always success: every refusal has another status. */
    public record AnswerResult(boolean success, @Nullable String error) {}

    public record Requests(List<FriendRequestView> requests) {}

    public record Contacts(List<ContactView> contacts) {}

    private final Friends friends;
    private final CurrentCaller caller;

    FriendResource(Friends friends, CurrentCaller caller) {
        this.friends = friends;
        this.caller = caller;
    }

    @POST
    @Path("friends/request")
    @Limited.FriendRequest
    public AskResult ask(@Valid @NotNull Ask request) {
        String message = request.message();
        if (message != null && message.indexOf('\0') >= 0) {
            // Also where there is nobody to be asked, so that the same request is not refused later for its form.
            throw new ApiException(ErrorCode.INVALID_REQUEST, "message must not have U+0000");
        }
        Friends.Asked asked = friends.ask(caller.get().id(), request.toEmail(), message);
        FriendRequestView sent = asked.request();
        return new AskResult(sent != null, sent == null ? null : sent.id(), asked.refusal());
    }

    @GET
    @Path("friends/requests")
    public Requests pending() {
        return new Requests(friends.pending(caller.get().id()));
    }

    @POST
    @Path("friends/respond")
    public AnswerResult answer(@Valid @NotNull Answer request) {
        friends.answer(caller.get().id(), request.requestId(), request.accept());
        return new AnswerResult(true, null);
    }

    @GET
    @Path("contacts")
    public Contacts contacts() {
        return new Contacts(friends.contacts(caller.get().id()));
    }
}
