package org.xfchat.body;

import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Map;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * Receives the body of a request before a worker is asked for, wherever the resource's method takes one: that is where it has a
 * parameter that {@link JsonBodyReader} reads. Nobody need say so of a new resource, and none can forget to.
 */
@Singleton
class BodyFilter {
    /** After the token is verified and what is limited is counted, before whatever blocks. */
    private static final int BEFORE_WORKERS = Priorities.AUTHENTICATION + 150;

    // Filters are made before the configuration is known.
    private final Provider<Arrivals> arrivals;

    BodyFilter(Provider<Arrivals> arrivals) {
        this.arrivals = arrivals;
    }

    /** Null where there is nothing to receive; what is no JSON is refused by the reader, unread. */
    @ServerRequestFilter(priority = BEFORE_WORKERS, nonBlocking = true)
    @Nullable
    Uni<Void> receive(RoutingContext http, SimpleResourceInfo resource) {
        for (Class<?> type : resource.parameterTypes()) {
            if (type.isRecord()) {
                refuseEncoded(http);
            }
            if (type.isRecord() && JsonBodyReader.takes(type, http.request().getHeader("Content-Type"))) {
                ResteasyReactiveRequestContext request = CurrentRequestManager.get();
                return arrivals.get()
                        .receive(http)
                        .invoke(request::setInputStream)
                        .replaceWithVoid();
            }
        }
        return null;
    }

    /** RFC 9110 sections 8.4 and 12.5.3. */
    private static void refuseEncoded(RoutingContext http) {
        for (String encoding : http.request().headers().getAll(HttpHeaders.CONTENT_ENCODING)) {
            if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
                throw new ApiException(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "Send the body as it is, without Content-Encoding",
                        Map.of(HttpHeaders.ACCEPT_ENCODING, "identity"));
            }
        }
    }
}
