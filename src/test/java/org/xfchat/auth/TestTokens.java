package org.xfchat.auth;

import java.time.Clock;

/** Tokens without a container. */
public final class TestTokens {
    private TestTokens() {}

    /** Signed with this secret. */
    public static Tokens signedWith(String secret) {
        return new Tokens(TestAuthConfig.withSecrets(secret, null), Clock.systemUTC());
    }
}
