package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens made without the service's own code, good and bad (RFC 7515 section 7.1). */
public final class Jwt {
    public static final String HS256 = "{\"typ\":\"JWT\",\"alg\":\"HS256\"}";

    private Jwt() {}

    /** What the old server says in a token. */
    public static String claims(UUID user, Instant expires) {
        return claims("\"" + user + "\"", String.valueOf(expires.getEpochSecond()));
    }

    /** Claims with any JSON as {@code sub} and {@code exp}, issued as long ago as a token lives. */
    public static String claims(String sub, String exp) {
        return "{\"sub\":" + sub + ",\"email\":\"a@example.test\",\"username\":null,\"iat\":"
                + Instant.now().minus(Duration.ofDays(30)).getEpochSecond() + ",\"exp\":" + exp + "}";
    }

    /** An HS256 token. */
    public static String signed(String secret, String claims) {
        return signed("HmacSHA256", secret, HS256, claims);
    }

    /** A token signed with {@code algorithm}, whatever its header says. */
    public static String signed(String algorithm, String secret, String header, String claims) {
        String signingInput = unsigned(header, claims);
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
            return signingInput + "." + base64(mac.doFinal(signingInput.getBytes(UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Header and claims, without the second dot and the signature. */
    public static String unsigned(String header, String claims) {
        return base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
