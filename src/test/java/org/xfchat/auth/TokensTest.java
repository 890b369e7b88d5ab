package org.xfchat.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Contract section 0, auth, and row 46 of section 6; tokens are made by hand here, not by what is under test. */
class TokensTest {
    private static final String SECRET = "the secret of this test, 32+ bytes";
    private static final String PREVIOUS = "short";
    private static final Duration LIFETIME = Duration.ofDays(30);
    private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final UUID user = UUID.randomUUID();
    private final Instant now = Clock.systemUTC().instant();
    private final Tokens tokens = at(now);

    private static Tokens at(Instant instant) {
        return new Tokens(TestAuthConfig.withSecrets(SECRET, PREVIOUS), Clock.fixed(instant, ZoneOffset.UTC));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(String header, String claims, String algorithm, String secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            String content = encoded(header) + "." + encoded(claims);
            return content + "." + encoded(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String signed(String claims) {
        return signed(HS256, claims, "HmacSHA256", SECRET);
    }

    private String claims(Instant expires) {
        return "{\"sub\":\"" + user + "\",\"email\":\"a@b.test\",\"username\":null,\"iat\":"
                + expires.minus(LIFETIME).getEpochSecond()
                + ",\"exp\":" + expires.getEpochSecond() + "}";
    }

    private void assertRefused(String token) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> tokens.verify(token))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Nested
    class Issued {
        @Test
        void haveExactlyTheOldServersClaims() throws IOException {
            String[] parts = tokens.issue(user, "a@b.test").split("\\.", -1);
            JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            assertThat(header.get("alg").textValue()).isEqualTo("HS256");
            assertThat(claims.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("sub", "email", "username", "iat", "exp");
            assertThat(claims.get("sub").textValue()).isEqualTo(user.toString());
            assertThat(claims.get("email").textValue()).isEqualTo("a@b.test");
            assertThat(claims.get("username").isNull()).isTrue();
            assertThat(claims.get("iat").longValue()).isEqualTo(now.getEpochSecond());
            assertThat(claims.get("exp").longValue())
                    .isEqualTo(now.plus(LIFETIME).getEpochSecond());
        }

        @Test
        void areVerified() {
            Tokens.Verified verified = tokens.verify(tokens.issue(user, "gr\u00fc\u00dfe@b.test"));
            assertThat(verified.userId()).isEqualTo(user);
            assertThat(verified.expires())
                    .isEqualTo(Instant.ofEpochSecond(now.plus(LIFETIME).getEpochSecond()));
        }

        @Test
        void areSignedWithTheCurrentSecret() {
            Tokens later = new Tokens(TestAuthConfig.withSecrets(SECRET, null), Clock.systemUTC());
            assertThat(later.verify(tokens.issue(user, "a@b.test")).userId()).isEqualTo(user);
        }
    }

    @Nested
    class Accepted {
        @Test
        void isATokenOfTheOldServer() {
            assertThat(tokens.verify(signed(claims(now.plusSeconds(60)))).userId())
                    .isEqualTo(user);
        }

        @Test
        void isOneSignedWithThePreviousSecret() {
            String token = signed(HS256, claims(now.plusSeconds(60)), "HmacSHA256", PREVIOUS);
            assertThat(tokens.verify(token).userId()).isEqualTo(user);
            Tokens without = new Tokens(TestAuthConfig.withSecrets(SECRET, null), Clock.systemUTC());
            assertThatExceptionOfType(ApiException.class).isThrownBy(() -> without.verify(token));
        }

        @Test
        void isOneThatExpiredWithinTheLeeway() {
            assertThat(tokens.verify(signed(claims(now.minusSeconds(50)))).expires())
                    .isEqualTo(Instant.ofEpochSecond(now.minusSeconds(50).getEpochSecond()));
        }

        @Test
        void isASubjectInUpperCase() {
            String claims = claims(now.plusSeconds(60))
                    .replace(user.toString(), user.toString().toUpperCase(Locale.ROOT));
            assertThat(tokens.verify(signed(claims)).userId()).isEqualTo(user);
        }

        @Test
        void isDecidedByTheInjectedClock() {
            String token = signed(claims(now.plusSeconds(600)));
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> at(now.plusSeconds(700)).verify(token));
            Tokens earlier = at(now.minus(Duration.ofDays(40)));
            Tokens sameTime = at(now.minus(Duration.ofDays(40)));
            assertThat(sameTime.verify(earlier.issue(user, "a@b.test")).userId())
                    .isEqualTo(user);
        }
    }

    @Nested
    class Refused {
        @Test
        void isOneThatExpiredBeforeTheLeeway() {
            assertRefused(signed(claims(now.minusSeconds(70))));
        }

        @Test
        void isOneWithoutExpiry() {
            assertRefused(signed("{\"sub\":\"" + user + "\"}"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"soon\"", "null", "{}", "1e400", "-1", "\"9999999999\""})
        void isOneWithAnUnusableExpiry(String expires) {
            assertRefused(signed("{\"sub\":\"" + user + "\",\"exp\":" + expires + "}"));
        }

        @Test
        void isOneWithoutSignature() {
            String none = encoded("{\"alg\":\"none\"}") + "." + encoded(claims(now.plusSeconds(60))) + ".";
            assertRefused(none);
            String valid = signed(claims(now.plusSeconds(60)));
            assertRefused(valid.substring(0, valid.lastIndexOf('.') + 1));
            assertRefused(none.replace(encoded("{\"alg\":\"none\"}"), encoded("{\"alg\":\"NONE\"}")));
        }

        @Test
        void isAnotherMacAlgorithmWithTheSameSecret() {
            for (String bits : new String[] {"384", "512"}) {
                assertRefused(signed(
                        "{\"alg\":\"HS" + bits + "\"}",
                        claims(now.plusSeconds(60)),
                        "HmacSHA" + bits,
                        SECRET.repeat(2)));
                assertRefused(
                        signed("{\"alg\":\"HS" + bits + "\"}", claims(now.plusSeconds(60)), "HmacSHA" + bits, SECRET));
            }
        }

        @Test
        void isAnRsaSignatureAndAnRsaHeaderOverAMac() throws GeneralSecurityException {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(2048);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.generateKeyPair().getPrivate());
            String content = encoded("{\"alg\":\"RS256\"}") + "." + encoded(claims(now.plusSeconds(60)));
            signature.update(content.getBytes(StandardCharsets.UTF_8));
            assertRefused(content + "." + encoded(signature.sign()));
            assertRefused(signed("{\"alg\":\"RS256\"}", claims(now.plusSeconds(60)), "HmacSHA256", SECRET));
        }

        @Test
        void isAnEditedOne() {
            String[] parts = signed(claims(now.plusSeconds(60))).split("\\.", -1);
            String edited = encoded(claims(now.plusSeconds(6000)));
            assertRefused(parts[0] + "." + edited + "." + parts[2]);
        }

        @Test
        void isOneSignedWithAnotherSecret() {
            assertRefused(signed(HS256, claims(now.plusSeconds(60)), "HmacSHA256", SECRET + "!"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"\"",
                    "\"42\"",
                    "\"admin\"",
                    "7",
                    "null",
                    "[]",
                    "\"1-1-1-1-1\"",
                    "\"123e4567e89b12d3a456426614174000\""
                })
        void isASubjectThatIsNoUuid(String subject) {
            assertRefused(signed(
                    "{\"sub\":" + subject + ",\"exp\":" + now.plusSeconds(60).getEpochSecond() + "}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    ".",
                    "..",
                    "...",
                    "a.b.c",
                    "null",
                    "a",
                    "eyJhbGciOiJIUzI1NiJ9",
                    "\u0000",
                    "\ud83d\ude00.\u00fc.x"
                })
        void isWhatIsNoToken(String token) {
            assertRefused(token);
        }

        @Test
        void isAVeryLongOne() {
            assertRefused("a".repeat(1_000_000));
            assertRefused(encoded("{".repeat(100_000)) + ".e30.x");
        }

        @Test
        void isOneWithACriticalExtensionOrAnEncryptedOne() {
            assertRefused(signed(
                    "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", claims(now.plusSeconds(60)), "HmacSHA256", SECRET));
            assertRefused("a.b.c.d.e");
        }

        @Test
        void isToldNothingOfTheToken() {
            String token = signed(claims(now.minusSeconds(600)));
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> tokens.verify(token))
                    .withMessageNotContaining(token)
                    .withMessageNotContaining(user.toString());
        }
    }
}
