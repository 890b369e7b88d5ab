package org.xfchat.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Turns every exception into an answer; the only place that does, and the only one that logs the cause of a 5xx. */
@Singleton
public class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    /** As every record's component is called on the wire. */
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE_CASE =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    /** An answer before it is written. */
    private record Answer(int status, String mediaType, String body, Map<String, String> headers) {}

    private final ObjectMapper json;
    private final CurrentVertxRequest current;
    private final MeterRegistry meters;
    private final AllowedMethods allowed = new AllowedMethods();

    ProblemMapper(ObjectMapper json, CurrentVertxRequest current, MeterRegistry meters) {
        this.meters = meters;
        this.json = json;
        this.current = current;
    }

    @ServerExceptionMapper(Throwable.class)
    Response map(Throwable thrown, HttpHeaders request) {
        if (current.getCurrent().response().headWritten()) {
            // The deadline has answered already; what a worker found out later reaches nobody.
            LOG.debugf(thrown, "failed after its answer");
            return Response.status(ErrorCode.UNAVAILABLE.status()).build();
        }
        Answer answer = answer(current.getCurrent(), translate(thrown), request.getHeaderString(HttpHeaders.ACCEPT));
        Response.ResponseBuilder response =
                Response.status(answer.status()).type(answer.mediaType()).entity(answer.body());
        answer.headers().forEach(response::header);
        return response.build();
    }

    // Without these the framework's own mappers for the same types would be more specific.
    @ServerExceptionMapper(WebApplicationException.class)
    Response map(WebApplicationException thrown, HttpHeaders request) {
        return map((Throwable) thrown, request);
    }

    @ServerExceptionMapper(ConstraintViolationException.class)
    Response map(ConstraintViolationException thrown, HttpHeaders request) {
        return map((Throwable) thrown, request);
    }

    /** Answers a request that never reached, or has outrun, the JAX-RS resources. Does nothing once a head is written. */
    void write(RoutingContext context, ApiException refusal) {
        HttpServerResponse response = context.response();
        if (response.headWritten() || response.ended() || response.closed()) {
            return;
        }
        Answer answer = answer(context, refusal, context.request().getHeader(HttpHeaders.ACCEPT));
        // A worker may be about to answer, when a deadline passes: its status and headers must not get among these.
        // Whatever
        // changes a response holds its connection's lock for each single change.
        synchronized (context.request().connection()) {
            if (response.headWritten() || response.ended()) {
                return;
            }
            response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.mediaType());
            answer.headers().forEach(response::putHeader);
            if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) {
                response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            }
            response.end(Buffer.buffer(answer.body())).onFailure(gone -> LOG.debug("the client is gone", gone));
        }
    }

    private ApiException translate(Throwable thrown) {
        if (thrown instanceof ApiException refusal) {
            return refusal;
        }
        if (thrown instanceof ConstraintViolationException invalid) {
            return new ApiException(ErrorCode.UNPROCESSABLE, firstViolation(invalid));
        }
        if (thrown instanceof WebApplicationException framework) {
            // A parameter's converter is wrapped into a 404 of the framework's.
            if (framework.getCause() instanceof ApiException refusal) {
                return refusal;
            }
            ErrorCode code = code(framework.getResponse().getStatus());
            return code == ErrorCode.METHOD_NOT_ALLOWED
                    ? new ApiException(code, code.title(), Map.of(HttpHeaders.ALLOW, allowed.here()))
                    : new ApiException(code, framework);
        }
        return new ApiException(ErrorCode.INTERNAL, thrown);
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 413 -> ErrorCode.TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    }

    /**
     * Answers a request that failed beside the JAX-RS resources.
     *
     * @param status of the framework's answer; below 400 where it is none
     * @param failure null where there is none
     */
    void writeFailure(RoutingContext context, int status, @Nullable Throwable failure) {
        ErrorCode code = status >= 400 ? code(status) : ErrorCode.INTERNAL;
        ApiException refusal = failure == null ? new ApiException(code) : new ApiException(code, failure);
        write(context, failure instanceof ApiException known ? known : refusal);
    }

    private static String firstViolation(ConstraintViolationException invalid) {
        return invalid.getConstraintViolations().stream()
                .map(ProblemMapper::sentence)
                .min(Comparator.naturalOrder())
                .orElse(ErrorCode.UNPROCESSABLE.title());
    }

    private static String sentence(ConstraintViolation<?> violation) {
        String path = violation.getPropertyPath().toString();
        String component = path.substring(path.lastIndexOf('.') + 1);
        return SNAKE_CASE.translate(component) + " " + violation.getMessage();
    }

    /** A lost database is one line per request, not a trace: there may be many, and the first says everything. */
    private static void log(ErrorCode code, String id, @Nullable Throwable cause) {
        if (code == ErrorCode.INTERNAL) {
            LOG.errorf(cause, "%s answered with %d, id %s", code.code(), code.status(), id);
        } else {
            LOG.warnf("%s answered with %d, id %s: %s", code.code(), code.status(), id, rootMessage(cause));
        }
    }

    private static String rootMessage(@Nullable Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? "refused before anything of it was done" : String.valueOf(root.getMessage());
    }

    private Answer answer(RoutingContext context, ApiException refusal, @Nullable String accept) {
        ErrorCode code = refusal.code();
        meters.counter("xfchat.error.answers", "code", code.code()).increment();
        Map<String, String> headers = new HashMap<>(refusal.headers());
        String detail = Objects.requireNonNullElse(refusal.getMessage(), code.title());
        String id = null;
        if (code.status() >= 500) {
            id = RequestId.of(context);
            detail = code.title();
            log(code, id, refusal.getCause());
        } else {
            LOG.debugf("%s answered with %d: %s", code.code(), code.status(), detail);
        }
        if (code.status() == 503) {
            headers.putIfAbsent(HttpHeaders.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS);
        } else if (code.status() == 401) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        Problem problem = Problem.of(code, detail, id);
        if (Problem.wanted(accept)) {
            try {
                return new Answer(code.status(), Problem.MEDIA_TYPE, json.writeValueAsString(problem), headers);
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("a problem is always writable", impossible);
            }
        }
        return new Answer(code.status(), MediaType.TEXT_PLAIN + ";charset=UTF-8", problem.sentence(), headers);
    }
}
