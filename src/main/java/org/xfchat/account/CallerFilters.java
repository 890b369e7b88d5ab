package org.xfchat.account;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;
import org.xfchat.limit.Limited;

/**
 * Who is calling: first by the token, which never blocks, so that what is limited per user can be refused before the
 * database is asked; then, for {@link Authenticated}, whether the account lives.
 */
@Singleton
class CallerFilters {
    /** After what is limited. */
    private static final int ACCOUNT = Priorities.AUTHENTICATION + 200;

    // Filters are made before the configuration is known.
    private final Provider<Authenticator> authenticator;
    private final CurrentCaller caller;

    CallerFilters(Provider<Authenticator> authenticator, CurrentCaller caller) {
        this.authenticator = authenticator;
        this.caller = caller;
    }

    @TokenRequired
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION, nonBlocking = true)
    void holder(RoutingContext request) {
        verify(request);
    }

    @Authenticated
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION, nonBlocking = true)
    void token(RoutingContext request) {
        verify(request);
    }

    @Authenticated
    @ServerRequestFilter(priority = ACCOUNT)
    void account() {
        caller.set(authenticator.get().account(caller.token()));
    }

    private void verify(RoutingContext request) {
        caller.set(authenticator.get().token(authorization(request)));
        Limited.by(request, caller.id());
    }

    /** Several are one list, which is no token. */
    private static @Nullable String authorization(RoutingContext request) {
        List<String> sent = request.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        return sent.isEmpty() ? null : String.join(",", sent);
    }
}
