package org.xfchat.user;

import jakarta.annotation.Priority;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/** Lets a request through when its bearer token is valid and its account lives. */
@jakarta.ws.rs.ext.Provider
@SignedIn
@Priority(Priorities.AUTHENTICATION)
public class SignedInFilter implements ContainerRequestFilter {
    // Filters are made before the configuration is known.
    private final Provider<Admission> admission;
    private final CurrentCaller caller;

    SignedInFilter(Provider<Admission> admission, CurrentCaller caller) {
        this.admission = admission;
        this.caller = caller;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        caller.set(admission.get().account(request.getHeaderString(HttpHeaders.AUTHORIZATION)));
    }
}
