package org.xfchat.user;

import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Tokens;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** The token of a request (RFC 6750 section 2.1). */
final class BearerToken {
    private static final String SCHEME = "Bearer ";

    private BearerToken() {}

    /**
     * What the token in an {@code Authorization} header says.
     *
     * @param header null where there is none
     * @throws ApiException {@code UNAUTHENTICATED} where there is no token, or one that is not valid
     */
    static Tokens.Verified verified(@Nullable String header, Tokens tokens) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ApiException(ErrorCode.UNAUTHENTICATED);
        }
        return tokens.verify(header.substring(SCHEME.length()).strip());
    }
}
