package org.xfchat.user;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Duration;
import java.util.Optional;
import org.xfchat.auth.AuthConfig;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.user.Users.Authenticated;

/** {@code /api/auth}: accounts (contract 1.1 to 1.3). */
@Path("/api/auth")
public class UserResource {
    /** All three are checked by {@link Credentials}. */
    public record SignUp(
            @NotNull String username,
            @NotNull String email,
            @NotNull String password) {}

    /**
     * A log-in.
     *
     * @param username a user name, or an address where it has an at sign
     */
    public record LogIn(@NotNull String username, @NotNull String password) {}

    /** The account's password, so that a stolen token alone cannot delete it. */
    public record Deletion(@NotNull String password) {}

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Users users;
    private final CurrentCaller caller;
    private final Duration refusalFloor;

    UserResource(Users users, CurrentCaller caller, AuthConfig config) {
        this.users = users;
        this.caller = caller;
        this.refusalFloor = config.refusalFloor();
    }

    @POST
    @Path("signup")
    public Authenticated signUp(@Valid @NotNull SignUp request) {
        return users.signUp(request.username(), request.email(), request.password());
    }

    /** A refusal waits, without a thread, so that the time it takes says nothing about the account. */
    @POST
    @Path("login")
    @Blocking
    public Uni<Authenticated> logIn(@Valid @NotNull LogIn request) {
        long start = System.nanoTime();
        Optional<Authenticated> session = users.logIn(request.username(), request.password());
        if (session.isPresent()) {
            return Uni.createFrom().item(session.get());
        }
        Duration left = refusalFloor.minusNanos(System.nanoTime() - start);
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(left.compareTo(SHORTEST) > 0 ? left : SHORTEST)
                .onItem()
                .transformToUni(waited -> Uni.createFrom().failure(new ApiException(ErrorCode.WRONG_CREDENTIALS)));
    }

    @GET
    @Path("me")
    @SignedIn
    public UserView me() {
        return users.view(caller.get().id());
    }

    @DELETE
    @Path("me")
    @SignedIn
    public void delete(@Valid @NotNull Deletion request) {
        users.delete(caller.get().id(), request.password());
    }
}
