package org.xfchat.user;

import jakarta.annotation.Priority;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/** Lets a request through when its bearer token is valid; never blocks. */
@jakarta.ws.rs.ext.Provider
@HoldsToken
@Priority(Priorities.AUTHENTICATION)
public class HoldsTokenFilter implements ContainerRequestFilter {
    // Filters are made before the configuration is known.
    private final Provider<Admission> admission;
    private final CurrentCaller caller;

    HoldsTokenFilter(Provider<Admission> admission, CurrentCaller caller) {
        this.admission = admission;
        this.caller = caller;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        caller.set(admission
                .get()
                .token(request.getHeaderString(HttpHeaders.AUTHORIZATION))
                .userId());
    }
}
