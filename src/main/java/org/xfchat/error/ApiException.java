package org.xfchat.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal that the client is told about. */
public class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final transient Map<String, String> headers;

    public ApiException(ErrorCode code) {
        this(code, code.title());
    }

    /**
     * A refusal with a better sentence than the code's own.
     *
     * @param detail one sentence for a person, without a full stop; never shown for 5xx
     */
    public ApiException(ErrorCode code, String detail) {
        this(code, detail, Map.of(), null);
    }

    /**
     * A refusal with the code's own sentence.
     *
     * @param cause what is logged for a 5xx
     */
    public ApiException(ErrorCode code, Throwable cause) {
        this(code, code.title(), Map.of(), cause);
    }

    /**
     * A refusal with headers of its own.
     *
     * @param headers response headers by name
     */
    public ApiException(ErrorCode code, String detail, Map<String, String> headers) {
        this(code, detail, headers, null);
    }

    private ApiException(ErrorCode code, String detail, Map<String, String> headers, @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
        this.headers = headers;
    }

    public ErrorCode code() {
        return code;
    }

    /** Response headers by name; empty when there are none. */
    public Map<String, String> headers() {
        return headers;
    }
}
