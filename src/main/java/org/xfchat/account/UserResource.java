package org.xfchat.account;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.Duration;
import org.xfchat.account.Users.AuthResponse;
import org.xfchat.auth.AuthConfig;
import org.xfchat.error.ApiException;
import org.xfchat.error.Deadline;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.Limited;
import org.xfchat.limit.Proxies;

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

    private static final int OK = 200;

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Users users;
    private final CurrentCaller caller;
    private final Proxies proxies;
    private final Duration refusalFloor;

    UserResource(Users users, CurrentCaller caller, Proxies proxies, AuthConfig config) {
        this.users = users;
        this.caller = caller;
        this.proxies = proxies;
        this.refusalFloor = config.refusalFloor();
    }

    @POST
    @Path("signup")
    @Limited.SignUp
    @Blocking
    public Uni<AuthResponse> signUp(@Valid @NotNull SignUp request, @Context RoutingContext http) {
        Deadline deadline = Deadline.of(http);
        return deadline.rest(users.signUp(request.username(), request.email(), request.password(), deadline::begin)
                .invoke(opened -> http.addEndHandler(ended -> {
                    if (ended.succeeded() && http.response().getStatusCode() == OK) {
                        users.answered(opened.user().id());
                    }
                })));
    }

    /** A refusal waits, without a thread, so that the time it takes says nothing about the account. */
    @POST
    @Path("login")
    @Limited.LogIn
    @Blocking
    public Uni<AuthResponse> logIn(@Valid @NotNull LogIn request, @Context RoutingContext http) {
        long start = System.nanoTime();
        return Deadline.of(http)
                .rest(users.logIn(request.username(), request.password(), proxies.client(http))
                        .flatMap(session -> session.map(
                                        authenticated -> Uni.createFrom().item(authenticated))
                                .orElseGet(() -> refuse(refusalFloor.minusNanos(System.nanoTime() - start)))));
    }

    private static Uni<AuthResponse> refuse(Duration left) {
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(left.compareTo(SHORTEST) > 0 ? left : SHORTEST)
                .flatMap(waited -> Uni.createFrom().failure(new ApiException(ErrorCode.WRONG_CREDENTIALS)));
    }

    @GET
    @Path("me")
    @Authenticated
    public UserView me() {
        return users.view(caller.get().id());
    }

    @DELETE
    @Path("me")
    @Authenticated
    @Blocking
    public Uni<Void> delete(@Valid @NotNull Deletion request, @Context RoutingContext http) {
        Deadline deadline = Deadline.of(http);
        return deadline.rest(
                users.delete(caller.get().id(), request.password(), proxies.client(http), deadline::begin));
    }
}
