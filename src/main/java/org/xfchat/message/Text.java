package org.xfchat.message;

import java.nio.charset.StandardCharsets;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** What a message may say. */
public final class Text {
    private static final int MAX_BYTES = 1 << 20;

    private Text() {}

    /** Whether PostgreSQL gives it back as it came: no U+0000, no half surrogate pair. */
    static boolean isStorable(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
    }

    /**
     * Refuses what cannot be a message.
     *
     * @throws ApiException {@code INVALID_REQUEST} when empty or not storable, {@code TOO_LARGE} above 1 MiB of UTF-8
     */
    public static void check(String content) {
        if (content.isEmpty()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "A message must not be empty");
        }
        if (!isStorable(content)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "A message must not have U+0000 or half a surrogate pair");
        }
        // A UTF-16 unit is at most three bytes, so that most texts need no encoding.
        if (content.length() > MAX_BYTES / 3 && content.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new ApiException(ErrorCode.TOO_LARGE, "A message may have at most 1 MiB");
        }
    }
}
