package org.xfchat.stream;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's headers as the connection has them. JAX-RS gives a copy of all of them, which stays as long as the request does;
 * for a stream that is as long as its client likes.
 */
public final class RequestHeaders {
    private RequestHeaders() {}

    /** The values of all lines of this name with commas between (RFC 9110 section 5.3); null where there is none. */
    public static @Nullable String text(RoutingContext http, String name) {
        List<String> lines = lines(http, name);
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    /** The values of all lines of this name, in their order; empty where there is none. */
    public static List<String> lines(RoutingContext http, String name) {
        return http.request().headers().getAll(name);
    }
}
