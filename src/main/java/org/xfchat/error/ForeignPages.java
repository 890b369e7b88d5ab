package org.xfchat.error;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Refuses requests of pages of other origins, and preflights for them, in our form. The framework's filter, which comes next and answers the
 * preflights of those that may ask, would refuse the same ones without a word.
 */
@Singleton
class ForeignPages {
    /** Right before the framework's. */
    private static final int BEFORE_CORS = 301;

    private final List<String> origins;
    private final List<String> methods;

    private final ProblemMapper problems;

    ForeignPages(
            @ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> origins,
            @ConfigProperty(name = "quarkus.http.cors.methods") List<String> methods,
            ProblemMapper problems) {
        this.origins = origins.orElse(List.of()).stream().map(String::strip).toList();
        this.methods = methods.stream().map(String::strip).toList();
        this.problems = problems;
    }

    void watch(@Observes Filters filters) {
        filters.register(this::refuse, BEFORE_CORS);
    }

    private void refuse(RoutingContext context) {
        HttpServerRequest request = context.request();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            context.next();
        } else if (origins.contains(origin)) {
            if (methods.contains(request.method().name())) {
                context.next();
            } else {
                problems.write(
                        context,
                        new ApiException(
                                ErrorCode.ORIGIN_NOT_ALLOWED, "Pages of other sites may not ask with this method"));
            }
        } else if (isOwn(request, origin)) {
            context.next();
        } else {
            problems.write(context, new ApiException(ErrorCode.ORIGIN_NOT_ALLOWED));
        }
    }

    /** Whether the page came from this service itself (RFC 6454 section 5). */
    private static boolean isOwn(HttpServerRequest request, String origin) {
        if (request.authority() == null) {
            // HTTP/1.0 without a Host, which names no origin.
            return false;
        }
        String own = request.scheme() + "://" + request.authority();
        if (own.equals(origin)) {
            return true;
        }
        Optional<URI> ours = parsed(own);
        Optional<URI> theirs = parsed(origin);
        return ours.isPresent()
                && theirs.isPresent()
                && Objects.equals(ours.get().getScheme(), theirs.get().getScheme())
                && ours.get().getHost().equals(theirs.get().getHost())
                && port(ours.get()) == port(theirs.get())
                && theirs.get().getPath().isEmpty();
    }

    /** Empty where it has no host. */
    private static Optional<URI> parsed(String origin) {
        try {
            return Optional.of(URI.create(origin)).filter(uri -> uri.getHost() != null);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static int port(URI origin) {
        if (origin.getPort() >= 0) {
            return origin.getPort();
        }
        return "https".equals(origin.getScheme()) ? 443 : 80;
    }
}
