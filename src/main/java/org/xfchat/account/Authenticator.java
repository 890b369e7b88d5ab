package org.xfchat.account;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.auth.Tokens;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Lets callers in by the token of their request (RFC 6750 section 2.1), and counts whom it does not. */
@Singleton
class Authenticator {
    private static final String SCHEME = "Bearer ";

    private final Tokens tokens;
    private final Users users;
    private final Counter missing;
    private final Counter invalid;
    private final Counter account;

    Authenticator(Tokens tokens, Users users, MeterRegistry meters) {
        this.tokens = tokens;
        this.users = users;
        this.missing = refused(meters, "missing");
        this.invalid = refused(meters, "invalid");
        this.account = refused(meters, "account");
    }

    private static Counter refused(MeterRegistry meters, String reason) {
        return meters.counter("xfchat.auth.refused", "reason", reason);
    }

    /**
     * What the token in an {@code Authorization} header says; never blocks.
     *
     * @param header null where there is none
     * @throws ApiException {@code UNAUTHENTICATED} where there is no token, or one that is not valid
     */
    Tokens.Verified token(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            missing.increment();
            throw new ApiException(ErrorCode.UNAUTHENTICATED);
        }
        try {
            return tokens.verify(header.substring(SCHEME.length()).strip());
        } catch (ApiException refusal) {
            invalid.increment();
            throw refusal;
        }
    }

    /**
     * The live account that the token belongs to.
     *
     * @throws ApiException {@code UNAUTHENTICATED} where the account was deleted
     */
    Caller account(Tokens.Verified token) {
        return users.caller(token.userId(), token.expires()).orElseThrow(() -> {
            account.increment();
            return new ApiException(ErrorCode.UNAUTHENTICATED, "The account no longer exists");
        });
    }
}
