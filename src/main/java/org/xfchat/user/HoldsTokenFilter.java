package org.xfchat.user;

import jakarta.annotation.Priority;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import org.xfchat.auth.Tokens;

/** Lets a request through when its bearer token is valid; never blocks. */
@jakarta.ws.rs.ext.Provider
@HoldsToken
@Priority(Priorities.AUTHENTICATION)
public class HoldsTokenFilter implements ContainerRequestFilter {
    // Filters are made before the configuration is known.
    private final Provider<Tokens> tokens;
    private final CurrentCaller caller;

    HoldsTokenFilter(Provider<Tokens> tokens, CurrentCaller caller) {
        this.tokens = tokens;
        this.caller = caller;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        caller.set(BearerToken.verified(request.getHeaderString(HttpHeaders.AUTHORIZATION), tokens.get())
                .userId());
    }
}
