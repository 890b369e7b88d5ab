package org.xfchat.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a refusal (RFC 9457 section 3.1; {@code code} and {@code id} are extension members).
 *
 * @param code stable, see {@link ErrorCode}
 * @param id only with 5xx: under which the cause was logged
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        @Nullable String id) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A media range of JSON that is not refused by a weight of zero (RFC 9110 section 12.4.2). */
    private static final Pattern JSON_RANGE =
            Pattern.compile("application/([\\w.-]+\\+)?json\\s*(?!.*;\\s*q=0(\\.0*)?\\s*(;|$))(;.*)?");

    /** Seconds in {@code Retry-After} of every 503 that knows no better: the database is usually back, or the pool drained, within them. */
    static final String RETRY_AFTER_SECONDS = "2";

    static Problem of(ErrorCode code, String detail, @Nullable String id) {
        return new Problem("about:blank", code.title(), code.status(), detail, code.code(), id);
    }

    /** The same as one plain sentence. */
    public String sentence() {
        return id == null ? detail : detail + " (" + id + ")";
    }

    /** Whether a client with this {@code Accept} header reads JSON; null is no header. */
    static boolean wanted(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        return Stream.of(accept.toLowerCase(Locale.ROOT).split(",", -1))
                .anyMatch(range -> JSON_RANGE.matcher(range.strip()).matches());
    }
}
