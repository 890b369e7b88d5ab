package org.xfchat.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.Jwt;

/** A token that was verified before. */
class KnownTokenTest {
    private static final String SECRET = "the secret of this test, 32+ bytes";

    /** That the test sets. */
    private static final class Hands extends Clock {
        private Instant at = Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS);

        @Override
        public Instant instant() {
            return at;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final UUID user = UUID.randomUUID();
    private final Hands clock = new Hands();
    private final Tokens tokens = tokens();

    private Tokens tokens() {
        return new Tokens(TestAuthConfig.withSecrets(SECRET, null), clock);
    }

    private static void assertRefused(Tokens tokens, String token) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> tokens.verify(token))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void isRefusedFromTheSameSecondOnAsAnUnknownOne() {
        String token = Jwt.signed(SECRET, Jwt.claims(user, clock.at));
        assertThat(tokens.verify(token).userId()).isEqualTo(user);
        clock.at = clock.at.plusSeconds(59);
        assertThat(tokens.verify(token)).isEqualTo(tokens().verify(token));
        clock.at = clock.at.plusSeconds(1);
        assertRefused(tokens(), token);
        assertRefused(tokens, token);
    }

    @Test
    void vouchesForNoOther() {
        String claims = Jwt.claims(user, clock.at.plus(Duration.ofDays(1)));
        String token = Jwt.signed(SECRET, claims);
        tokens.verify(token);
        assertRefused(tokens, token.substring(0, token.length() - 1));
        assertRefused(tokens, token + "A");
        assertRefused(tokens, Jwt.signed("another secret", claims));
    }
}
