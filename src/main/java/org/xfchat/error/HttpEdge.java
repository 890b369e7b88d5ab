package org.xfchat.error;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * What happens before and beside the JAX-RS resources: unknown addresses, requests that are not answered in time, and an
 * {@code Accept} that no resource can satisfy.
 */
@Singleton
class HttpEdge {
    /** Before every other filter, so that the time counts from the request's first line. */
    private static final int FIRST = 10_000;

    private static final String READS_BODY = HttpEdge.class.getName();

    private final ProblemMapper problems;
    private final Duration deadline;
    private final Counter expired;

    HttpEdge(
            ProblemMapper problems,
            @ConfigProperty(name = "xfchat.http.deadline") Duration deadline,
            MeterRegistry meters) {
        this.problems = problems;
        this.deadline = deadline;
        this.expired = meters.counter("xfchat.http.expired");
    }

    void watch(@Observes Filters filters) {
        filters.register(RequestId::assign, FIRST);
        filters.register(this::startDeadline, FIRST - 1);
        filters.register(HttpEdge::acceptAnything, FIRST - 2);
    }

    void answerUnknown(@Observes Router router) {
        router.route().order(Integer.MAX_VALUE).handler(context -> problems.write(context, notFound()));
    }

    private static ApiException notFound() {
        return new ApiException(ErrorCode.NOT_FOUND);
    }

    /**
     * A worker may hang in a dead database's socket for longer than a client should wait. Its late answer is dropped by
     * the closed response; what it wrote may still be committed, which is what 503 means to a client.
     */
    private void startDeadline(RoutingContext context) {
        context.put(READS_BODY, new AtomicBoolean());
        long timer = context.vertx().setTimer(deadline.toMillis(), fired -> expire(context));
        context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        context.next();
    }

    /** Like the old server, a resource answers what it has whatever was asked for, rather than 406 (RFC 9110 section 12.4.1). */
    private static void acceptAnything(RoutingContext context) {
        MultiMap headers = context.request().headers();
        String accept = String.join(", ", headers.getAll(HttpHeaders.ACCEPT));
        if (headers.contains(HttpHeaders.ACCEPT) && !accept.contains("*/*")) {
            headers.set(HttpHeaders.ACCEPT, accept + ", */*;q=0.1");
        }
        context.next();
    }

    /** The body is read after the filters: until they are through, it is not the client who is late. */
    @ServerRequestFilter(priority = Integer.MAX_VALUE)
    void readsBodyNext(RoutingContext context) {
        context.<AtomicBoolean>get(READS_BODY).set(true);
    }

    private void expire(RoutingContext context) {
        boolean waitsForClient = context.<AtomicBoolean>get(READS_BODY).get() && isIncomplete(context.request());
        if (!waitsForClient && !context.response().headWritten()) {
            expired.increment();
        }
        problems.write(context, new ApiException(waitsForClient ? ErrorCode.REQUEST_TIMEOUT : ErrorCode.UNAVAILABLE));
    }

    /** Its end is seen only by who reads beyond the last byte, which a JSON reader need not do. */
    private static boolean isIncomplete(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return !request.isEnded() && (length == null || request.bytesRead() < Long.parseLong(length));
    }
}
