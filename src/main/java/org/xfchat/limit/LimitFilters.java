package org.xfchat.limit;

import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/** Applies the limits on the event loop: before a worker is asked for, before the body is read. */
@Singleton
class LimitFilters {
    private static final int BEFORE_TOKEN = Priorities.AUTHENTICATION - 100;
    private static final int AFTER_TOKEN = Priorities.AUTHENTICATION + 100;

    // Filters are made before the configuration is known.
    private final Provider<Limiter> limiter;
    private final Provider<MessageThrottle> throttle;
    private final Provider<Proxies> proxies;

    LimitFilters(Provider<Limiter> limiter, Provider<MessageThrottle> throttle, Provider<Proxies> proxies) {
        this.limiter = limiter;
        this.throttle = throttle;
        this.proxies = proxies;
    }

    @Limited.SignUp
    @ServerRequestFilter(priority = BEFORE_TOKEN, nonBlocking = true)
    void signUp(RoutingContext request) {
        limiter.get().take(Action.SIGN_UP, "address", proxies.get().client(request));
    }

    @Limited.LogIn
    @ServerRequestFilter(priority = BEFORE_TOKEN, nonBlocking = true)
    void logIn(RoutingContext request) {
        limiter.get().take(Action.LOG_IN, "address", proxies.get().client(request));
    }

    @Limited.FriendRequest
    @ServerRequestFilter(priority = AFTER_TOKEN, nonBlocking = true)
    void friendRequest(RoutingContext request) {
        limiter.get().take(Action.FRIEND_REQUEST, "user", Limited.caller(request));
    }

    @Limited.Typing
    @ServerRequestFilter(priority = AFTER_TOKEN, nonBlocking = true)
    void typing(RoutingContext request) {
        limiter.get().take(Action.TYPING, "user", Limited.caller(request));
    }

    /** Null where there is nothing to wait for, which is nearly always. */
    @Limited.Message
    @ServerRequestFilter(priority = AFTER_TOKEN, nonBlocking = true)
    @Nullable
    Uni<Void> message(RoutingContext request) {
        return throttle.get().next(Limited.caller(request));
    }
}
