package org.xfchat;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.xfchat.limit.Proxies;

/** What answers say to browsers and caches beside the constant headers, which application.properties has. */
@Singleton
class SecurityHeaders {
    /** Before anything is answered. */
    private static final int EARLY = 9000;

    private static final String CACHE_CONTROL = "Cache-Control";

    private final Proxies proxies;

    private final boolean variesByOrigin;

    SecurityHeaders(
            Proxies proxies, @ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> origins) {
        this.proxies = proxies;
        this.variesByOrigin = origins.isPresent();
    }

    void watch(@Observes Filters filters) {
        filters.register(this::add, EARLY);
    }

    private void add(RoutingContext request) {
        if (proxies.isSecure(request)) {
            // RFC 6797 section 7.2: never over plain HTTP.
            request.response().putHeader("Strict-Transport-Security", "max-age=31536000");
        }
        // What an answer is about is between the service and who asked, unless the answer itself says how to keep it.
        request.addHeadersEndHandler(ending -> {
            if (!request.response().headers().contains(CACHE_CONTROL)) {
                request.response().putHeader(CACHE_CONTROL, "no-store");
            }
            if (variesByOrigin) {
                // Fetch standard, "CORS protocol and HTTP caches".
                request.response().headers().add("Vary", "Origin");
            }
        });
        request.next();
    }
}
