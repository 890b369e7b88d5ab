package org.xfchat.user;

import jakarta.annotation.Priority;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import org.xfchat.auth.Tokens;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Lets a request through when its bearer token is valid and its account lives. */
@jakarta.ws.rs.ext.Provider
@SignedIn
@Priority(Priorities.AUTHENTICATION)
public class SignedInFilter implements ContainerRequestFilter {
    // Filters are made before the configuration is known.
    private final Provider<Tokens> tokens;
    private final Provider<Users> users;
    private final CurrentCaller caller;

    SignedInFilter(Provider<Tokens> tokens, Provider<Users> users, CurrentCaller caller) {
        this.tokens = tokens;
        this.users = users;
        this.caller = caller;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Tokens.Verified token = BearerToken.verified(request.getHeaderString(HttpHeaders.AUTHORIZATION), tokens.get());
        caller.set(users.get()
                .caller(token.userId(), token.expires())
                .orElseThrow(() -> new ApiException(ErrorCode.UNAUTHENTICATED, "The account no longer exists")));
    }
}
