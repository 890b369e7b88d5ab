package org.xfchat.error;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * What happens before and beside the JAX-RS resources: unknown addresses, requests that are not answered in time or too large,
 * and an {@code Accept} that no resource can satisfy.
 */
@Singleton
class HttpEdge {
    private static final String FORM_CHECKED = RequestForm.class.getName();

    private static final Logger LOG = Logger.getLogger(HttpEdge.class);

    /** Before every other filter, so that the time counts from the request's first line. */
    private static final int FIRST = 10_000;

    /** RFC 9110 section 12.5.1, without commas in what is quoted. */
    private static final Pattern MEDIA_RANGE = Pattern.compile(
            "[\\w.+*-]++/[\\w.+*-]++(?:\\s*+;\\s*+(?:q=[01](?:\\.\\d{0,3})?|(?!q=)[\\w.-]++=[\\w.+*-]++))*+");

    /** RFC 9110 section 8.3.1. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "[\\w.+!#$&^-]++/[\\w.+!#$&^-]++(?:\\s*+;\\s*+(?:[\\w.+!#$&^-]++=(?:[\\w.+!#$&^-]++|\"[^\"\\\\]*+\"))?+)*+\\s*+");

    private final ProblemMapper problems;
    private final Duration deadline;
    private final long maxBody;
    private final int mostStreams;
    private final boolean logsRequests;
    private final Counter expired;

    HttpEdge(
            ProblemMapper problems,
            HttpConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBody,
            @ConfigProperty(name = "quarkus.http.limits.max-concurrent-streams") int mostStreams,
            @ConfigProperty(name = "quarkus.http.access-log.enabled", defaultValue = "false") boolean logsRequests,
            MeterRegistry meters) {
        this.problems = problems;
        this.deadline = config.deadline();
        this.maxBody = maxBody.asLongValue();
        this.mostStreams = mostStreams;
        // In dev mode they are always logged, for its own pages.
        this.logsRequests = logsRequests || LaunchMode.current() == LaunchMode.DEVELOPMENT;
        this.expired = meters.counter("xfchat.http.expired");
    }

    void watch(@Observes Filters filters) {
        BareAnswers.switchOn();
        filters.register(RequestId::assign, FIRST);
        filters.register(this::boundStreams, FIRST);
        filters.register(this::startDeadline, FIRST - 1);
        filters.register(this::refuseMalformed, FIRST - 2);
        filters.register(HttpEdge::acceptAnything, FIRST - 3);
        filters.register(HttpEdge::nameContentType, FIRST - 3);
        filters.register(HttpEdge::listMethods, FIRST - 3);
        filters.register(this::refuseTooLarge, FIRST - 4);
        filters.register(this::refuseUnknownFraming, FIRST - 5);
    }

    void answerUnknown(@Observes Router router) {
        // What fails before the filters, or in them: an address that cannot be decoded, a Host that is none. The
        // framework's own answer has fields of its own.
        router.route().order(Integer.MIN_VALUE + 1).failureHandler(this::answerFailed);
        for (int status : new int[] {400, 404, 405, 406, 413, 415, 500}) {
            router.errorHandler(status, this::answerFailed);
        }
        if (logsRequests) {
            router.route().order(Integer.MIN_VALUE).handler(this::refuseUnknownProtocol);
        }
        router.route().order(Integer.MAX_VALUE).handler(context -> problems.write(context, notFound()));
    }

    private static ApiException notFound() {
        return new ApiException(ErrorCode.NOT_FOUND);
    }

    private void answerFailed(RoutingContext context) {
        if (context.response().headWritten()) {
            context.next();
            return;
        }
        // These are set by filters that it may not have come to.
        String unused = RequestId.of(context);
        BareAnswers.CONSTANT_HEADERS.forEach((name, value) -> {
            if (!context.response().headers().contains(name)) {
                context.response().putHeader(name, value);
            }
        });
        problems.writeFailure(context, context.statusCode(), context.failure());
    }

    /**
     * What is no media type is another one than those that are read, so that this is said after authentication, in our words.
     */
    private static void nameContentType(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !MEDIA_TYPE.matcher(type).matches()) {
            context.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
        }
        context.next();
    }

    /**
     * The library counts streams only when the client has confirmed that it knows how many it may have; who wants more does not
     * confirm it.
     */
    private void boundStreams(RoutingContext context) {
        if (context.request().version() == HttpVersion.HTTP_2) {
            Http2ConnectionHandler handler = ((ConnectionBase) context.request().connection())
                    .channel()
                    .pipeline()
                    .get(Http2ConnectionHandler.class);
            Http2Connection.Endpoint<?> client = handler.connection().remote();
            if (client.maxActiveStreams() > mostStreams) {
                client.maxActiveStreams(mostStreams);
            }
        }
        context.next();
    }

    /**
     * A worker may hang in a dead database's socket for longer than a client should wait. Its late answer is dropped by
     * the closed response; what it wrote may still be committed, which is what 503 means to a client.
     */
    private void startDeadline(RoutingContext context) {
        new Deadline().keepWith(context);
        long timer = context.vertx().setTimer(deadline.toMillis(), fired -> expire(context));
        context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        context.next();
    }

    /** Nothing that follows such a request on its connection is read. */
    private void refuseMalformed(RoutingContext context) {
        // A request that is handled again at another address has that address now, and no longer the one of its first
        // line.
        boolean isChecked = Boolean.TRUE.equals(context.<Boolean>get(FORM_CHECKED));
        context.put(FORM_CHECKED, true);
        Optional<String> wrong = isChecked ? Optional.empty() : RequestForm.wrong(context.request());
        if (wrong.isEmpty()) {
            context.next();
            return;
        }
        if (context.request().version() == null) {
            RequestForm.answerAsHttp11(context.request());
        }
        refuseAndClose(context, wrong.get());
    }

    /** Before the framework's log of requests, which is one of those that come first, fails over a protocol that it cannot name. */
    private void refuseUnknownProtocol(RoutingContext context) {
        if (context.request().version() == null) {
            RequestId.name(context);
            refuseMalformed(context);
        } else {
            context.next();
        }
    }

    private void refuseAndClose(RoutingContext context, String reason) {
        if (context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader("Connection", "close");
            context.addEndHandler(
                    ended -> context.request().connection().close().onFailure(gone -> LOG.debug("gone already", gone)));
        }
        problems.write(context, new ApiException(ErrorCode.INVALID_REQUEST, reason));
    }

    /**
     * Like the old server, a resource answers what it has whatever was asked for, rather than 406 (RFC 9110 section 12.4.1), and
     * what is no media range asks for nothing, rather than 400.
     */
    private static void acceptAnything(RoutingContext context) {
        MultiMap headers = context.request().headers();
        if (headers.contains(HttpHeaders.ACCEPT)) {
            List<String> ranges = Stream.of(
                            String.join(",", headers.getAll(HttpHeaders.ACCEPT)).split(",", -1))
                    .map(String::strip)
                    .filter(range -> MEDIA_RANGE.matcher(range).matches())
                    .collect(Collectors.toCollection(ArrayList::new));
            if (!ranges.contains("*/*")) {
                ranges.add("*/*;q=0.1");
            }
            headers.set(HttpHeaders.ACCEPT, String.join(", ", ranges));
        }
        context.next();
    }

    /** The framework lists the methods of a whole resource class, whichever address of it was asked for. */
    private static void listMethods(RoutingContext context) {
        if (context.request().method().equals(HttpMethod.OPTIONS)) {
            context.addHeadersEndHandler(ending -> {
                if (context.response().headers().contains(HttpHeaders.ALLOW)) {
                    context.response().putHeader(HttpHeaders.ALLOW, new AllowedMethods().here());
                }
            });
        }
        context.next();
    }

    /** What is announced to be too large is not read; the framework would refuse it without a word. */
    private void refuseTooLarge(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || Long.parseLong(length) <= maxBody) {
            context.next();
            return;
        }
        if (context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader("Connection", "close");
        }
        problems.write(context, new ApiException(ErrorCode.TOO_LARGE));
    }

    /**
     * Where a body ends that is encoded otherwise is not known here, so that what follows could be a request to somebody else's
     * eyes (RFC 9112 section 6.3, request smuggling): nothing of this connection is read any more.
     */
    private void refuseUnknownFraming(RoutingContext context) {
        List<String> encodings = context.request().headers().getAll("Transfer-Encoding");
        if (encodings.isEmpty() || (encodings.size() == 1 && "chunked".equalsIgnoreCase(encodings.get(0)))) {
            context.next();
            return;
        }
        refuseAndClose(context, "Transfer-Encoding must be chunked, or absent");
    }

    private void expire(RoutingContext context) {
        Deadline passed = Deadline.of(context);
        ErrorCode code = passed.waitsForClient() ? ErrorCode.REQUEST_TIMEOUT : ErrorCode.UNAVAILABLE;
        if (code == ErrorCode.UNAVAILABLE && !context.response().headWritten()) {
            expired.increment();
        }
        if (code == ErrorCode.REQUEST_TIMEOUT
                && context.request().version() != HttpVersion.HTTP_2
                && !context.response().headWritten()) {
            context.response().putHeader("Connection", "close");
        }
        problems.write(context, new ApiException(code, passed.pass()));
    }
}
