package org.xfchat.error;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * The name of one request in the log, in its answer, and in what a client reports. A proxy's name is kept where it cannot
 * break a log line or a header.
 */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** As the log's formats call it. */
    private static final String MDC_KEY = "request_id";

    private static final Pattern ACCEPTABLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private RequestId() {}

    /** Names the request, and goes on with it. */
    static void assign(RoutingContext context) {
        name(context);
        context.next();
    }

    /** Names the request, for everything that is logged on its behalf from now on, on whatever thread. */
    static void name(RoutingContext context) {
        String id = of(context.request().getHeader(HEADER));
        context.put(HEADER, id);
        MDC.put(MDC_KEY, id);
        context.response().putHeader(HEADER, id);
    }

    private static String of(@Nullable String sent) {
        if (sent != null && ACCEPTABLE.matcher(sent).matches()) {
            return sent;
        }
        // It has to be unique, not secret, and cheap: every request gets one.
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** The name that {@link #assign} gave. */
    static String of(RoutingContext context) {
        return context.get(HEADER);
    }
}
