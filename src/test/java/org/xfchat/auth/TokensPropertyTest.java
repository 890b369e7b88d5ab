package org.xfchat.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.Jwt;

/** A token is worth something only with the right signature, whatever else is done to it. */
@SuppressWarnings("TimeInStaticInitializer") // what is generated has to be the same in every try
class TokensPropertyTest {
    private static final String SECRET = "the secret of this test, 32+ bytes";
    private static final String PREVIOUS = "short";
    private static final UUID USER = UUID.fromString("16fd2706-8baf-433b-82eb-8c7fada847da");
    private static final Instant NOW = Clock.systemUTC().instant();
    private static final String CLAIMS = Jwt.claims(USER, NOW.plus(Duration.ofDays(1)));
    private static final String TOKEN = Jwt.signed(SECRET, CLAIMS);

    private final Tokens tokens =
            new Tokens(TestAuthConfig.withSecrets(SECRET, PREVIOUS), Clock.fixed(NOW, ZoneOffset.UTC));

    private void isRefused(String token) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> tokens.verify(token))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Provide
    Arbitrary<String> changed() {
        Arbitrary<Integer> at = Arbitraries.integers().between(0, TOKEN.length() - 1);
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.of(".", "=", "_", "-", "A", "%", "\u0000", "\n", "\u00e9", "{"),
                Arbitraries.strings().all().ofMaxLength(4));
        return Combinators.combine(at, Arbitraries.integers().between(0, 3), text)
                .as((from, length, put) ->
                        TOKEN.substring(0, from) + put + TOKEN.substring(Math.min(from + length, TOKEN.length())))
                .filter(token -> !token.equals(TOKEN));
    }

    @Provide
    Arbitrary<String> anything() {
        Arbitrary<String> part = Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(20),
                Arbitraries.strings().all().ofMaxLength(20),
                Arbitraries.of("", "e30", "bnVsbA", "W10", "MQ", "====", TOKEN, "A".repeat(20_000)));
        return part.list().ofMaxSize(7).map(parts -> String.join(".", parts)).filter(token -> !token.equals(TOKEN));
    }

    /** JSON values as claims: what the types of JWT do not allow among them. */
    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of(
                "null",
                "true",
                "0",
                "-1",
                "1e400",
                "9".repeat(400),
                "-9223372036854775809",
                "9223372036854775807",
                String.valueOf(NOW.getEpochSecond() + 3600),
                NOW.getEpochSecond() + ".5",
                "\"\"",
                "\"" + NOW.getEpochSecond() + "\"",
                "\"" + USER + "\"",
                "\"1-1-1-1-1\"",
                "\"\\u0000\"",
                "\"\\ud800\"",
                "[]",
                "{}",
                "[".repeat(3_000) + "]".repeat(3_000),
                "\"" + "x".repeat(100_000) + "\"");
    }

    /** What an attacker writes into the header. */
    @Provide
    Arbitrary<String> headers() {
        return Arbitraries.of(
                "{\"alg\":\"none\"}",
                "{\"alg\":\"None\"}",
                "{\"alg\":\"\"}",
                "{\"alg\":null}",
                "{\"alg\":[\"HS256\"]}",
                "{}",
                "[]",
                "null",
                "",
                "{\"alg\":\"HS384\"}",
                "{\"alg\":\"HS512\"}",
                "{\"alg\":\"RS256\"}",
                "{\"alg\":\"ES256\"}",
                "{\"alg\":\"PS256\"}",
                "{\"alg\":\"EdDSA\"}",
                "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}",
                "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2147483647}",
                "{\"alg\":\"hs256\"}",
                "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}",
                "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}");
    }

    @Property
    void whatIsChangedIsRefused(@ForAll("changed") String token) {
        isRefused(token);
    }

    @Property
    void whatIsCutIsRefused(@ForAll("cuts") int length) {
        isRefused(TOKEN.substring(0, length));
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(0, TOKEN.length() - 1);
    }

    @Property
    void anythingElseIsRefused(@ForAll("anything") String token) {
        isRefused(token);
    }

    @Property
    void signedByAnotherIsRefused(@ForAll String secret) {
        if (!secret.isEmpty() && !secret.equals(SECRET) && !secret.equals(PREVIOUS)) {
            isRefused(Jwt.signed(secret, CLAIMS));
        }
    }

    @Property
    void anotherAlgorithmIsRefusedWithTheRightSecretToo(
            @ForAll("headers") String header, @ForAll("macs") String algorithm) {
        isRefused(Jwt.signed(algorithm, SECRET, header, CLAIMS));
        isRefused(Jwt.unsigned(header, CLAIMS) + ".");
        isRefused(Jwt.unsigned(header, CLAIMS));
    }

    @Provide
    Arbitrary<String> macs() {
        return Arbitraries.of("HmacSHA256", "HmacSHA384", "HmacSHA512", "HmacSHA1");
    }

    @Property
    void rightlySignedClaimsAreReadOrRefused(@ForAll("values") String sub, @ForAll("values") String exp) {
        String token = Jwt.signed(SECRET, Jwt.claims(sub, exp));
        try {
            Tokens.Verified verified = tokens.verify(token);
            assertThat(verified.userId()).isEqualTo(USER);
            assertThat(verified.expires()).isAfter(NOW.minus(Tokens.LEEWAY));
        } catch (ApiException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        }
    }

    @Property(tries = 20)
    void onlyTheRightSecretsVerify(@ForAll("secrets") String secret) {
        assertThat(tokens.verify(Jwt.signed(secret, CLAIMS)).userId()).isEqualTo(USER);
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.of(SECRET, PREVIOUS);
    }
}
