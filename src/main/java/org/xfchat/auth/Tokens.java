package org.xfchat.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Issues and verifies JSON Web Tokens (RFC 7519) with the claims {@code sub, email, username, iat, exp}. */
@Singleton
public class Tokens {
    public static final int MIN_SECRET_BYTES = 32;

    /** How much a client's or another replica's clock may be off; also how long a stream outlives its token. */
    public static final Duration LEEWAY = Duration.ofSeconds(60);

    /** Tokens that need not be verified at each request: of everybody who is active at a time, in some 250 bytes each. */
    private static final int REMEMBERED = 10_000;

    /** As Java calls what JSON Web Signatures call HS256. */
    private static final String HMAC = "HmacSHA256";

    /**
     * The compact form (RFC 7515 section 7.1), so that a token has one text only: the library's decoder skips what is no
     * base64url, and ignores the last character's bits beyond the 32 bytes of a signature.
     */
    private static final Pattern COMPACT = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]{42}[AEIMQUYcgkosw048]");

    /** What a valid token says. */
    public record Verified(UUID userId, Instant expires) {}

    private final Key signing;
    private final List<Key> verifying;
    private final Duration lifetime;
    private final Clock clock;

    /**
     * By their digest, so that neither a heap dump nor the time of a look-up tells anything of a token. To parse and verify one is
     * an eighth of the work, and half of the garbage, of taking a message.
     */
    private final Cache<ByteBuffer, Verified> valid;

    Tokens(AuthConfig config, Clock clock) {
        this.signing =
                key(config.jwtSecret().orElseThrow(() -> new IllegalStateException("JWT_SECRET is checked at start")));
        this.verifying = Stream.concat(Stream.of(signing), config.jwtSecretPrevious().map(Tokens::key).stream())
                .toList();
        this.lifetime = config.tokenLifetime();
        this.clock = clock;
        this.valid = Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    }

    private static Key key(String secret) {
        return new HmacKey(secret.getBytes(StandardCharsets.UTF_8));
    }

    private JwtConsumer consumer(Key key) {
        return new JwtConsumerBuilder()
                .setVerificationKey(key)
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .setRelaxVerificationKeyValidation()
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                .setRequireSubject()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) LEEWAY.toSeconds())
                .setSkipDefaultAudienceValidation()
                .build();
    }

    /** A token for this account, valid from now. {@code username} is null in the old server's tokens, and so it is here. */
    public String issue(UUID userId, String email) {
        Instant now = clock.instant();
        JwtClaims claims = new JwtClaims();
        claims.setSubject(userId.toString());
        claims.setStringClaim("email", email);
        claims.setClaim("username", null);
        claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(now.plus(lifetime).getEpochSecond()));
        JsonWebSignature token = new JsonWebSignature();
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        token.setHeader("typ", "JWT");
        token.setKey(signing);
        token.setPayload(claims.toJson());
        try {
            return token.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException("HS256 is always there", impossible);
        }
    }

    /**
     * What the token says when it is signed with the current or the previous secret and not expired.
     *
     * @throws ApiException {@code UNAUTHENTICATED} for everything else, a {@code sub} that is no UUID included
     */
    public Verified verify(String token) {
        ByteBuffer digest = digest(token);
        Verified known = valid.getIfPresent(digest);
        if (known != null
                && clock.instant().getEpochSecond() - LEEWAY.toSeconds()
                        < known.expires().getEpochSecond()) {
            return known;
        }
        for (Key key : COMPACT.matcher(token).matches() ? verifying : List.<Key>of()) {
            Optional<Verified> verified = verify(consumer(key), token);
            if (verified.isPresent()) {
                valid.put(digest, verified.get());
                return verified.get();
            }
        }
        throw new ApiException(ErrorCode.UNAUTHENTICATED, "The token is not valid, log in again");
    }

    private static ByteBuffer digest(String token) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * A name for what somebody typed, regardless of case, that only who has the secret can find: it may have been a password.
     * No token can be made of it, since a token's text has no colon.
     */
    public UUID pseudonym(String typed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(signing.getEncoded(), HMAC));
            ByteBuffer digest =
                    ByteBuffer.wrap(mac.doFinal(("name:" + LoginName.key(typed)).getBytes(StandardCharsets.UTF_8)));
            return new UUID(digest.getLong(), digest.getLong());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HMAC with SHA-256 is always there", impossible);
        }
    }

    /** Empty when the token is not signed with this consumer's secret, or not valid otherwise. */
    private static Optional<Verified> verify(JwtConsumer consumer, String token) {
        try {
            JwtClaims claims = consumer.processToClaims(token);
            Instant expires = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
            UUID userId = UUID.fromString(claims.getSubject());
            // Java also reads 1-1-1-1-1.
            return userId.toString().equalsIgnoreCase(claims.getSubject())
                    ? Optional.of(new Verified(userId, expires))
                    : Optional.empty();
        } catch (InvalidJwtException | MalformedClaimException | IllegalArgumentException | DateTimeException invalid) {
            return Optional.empty();
        }
    }
}
