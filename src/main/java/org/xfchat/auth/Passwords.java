package org.xfchat.auth;

import com.password4j.Argon2Function;
import com.password4j.BcryptFunction;
import com.password4j.HashingFunction;
import com.password4j.Password;
import com.password4j.types.Argon2;
import com.password4j.types.Bcrypt;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Password hashes: Argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, 2 iterations, 1 lane) and
 * bcrypt, cost 12, which the old server can verify as well.
 */
@Singleton
public class Passwords {
    /** What new hashes are made with. */
    public enum Scheme {
        ARGON2ID,
        /** While an upgrade can be rolled back: the old server verifies nothing else. */
        BCRYPT
    }

    /** A cost above 16 takes longer than anybody waits. */
    private static final Pattern BCRYPT_FORM = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");

    private static final Pattern ARGON2ID_FORM =
            Pattern.compile("\\$argon2id\\$v=(16|19)\\$m=(?<kib>[1-9]\\d{0,8}),t=[1-9]\\d{0,2},p=[1-9]\\d{0,2}"
                    + "\\$[A-Za-z0-9+/]{11,64}\\$[A-Za-z0-9+/]{16,128}");

    /**
     * What one hash costs.
     *
     * @param kib working memory of Argon2id
     * @param iterations passes of Argon2id over that memory
     * @param rounds of bcrypt, as a power of two
     */
    record Cost(int kib, int iterations, int rounds) {
        static final Cost SHIPPED = new Cost(19 * 1024, 2, 12);
    }

    /**
     * How long a request waits for its turn before it is answered 503. What is left of its deadline is for the hash itself, which on
     * a machine that does something else as well takes a second, and for storing it.
     */
    static final Duration WAIT = Duration.ofSeconds(7);

    /** Requests that wait at the same time; more than one processor could serve in that time, and they cost next to nothing. */
    private static final int QUEUE = 500;

    // Not static: a native image would carry Argon2id's working memory.
    private final HashingFunction argon2id;
    private final HashingFunction bcrypt;

    /**
     * Compared with where there is no hash, so that it takes as long as where there is one: random bytes, which no password is
     * known for. To compute one would make every start as slow as a log-in.
     */
    final String decoy;

    private final long memory;
    private final HashTurns turns;

    @Inject
    Passwords(AuthConfig config, MeterRegistry meters) {
        this(config, WAIT, meters, Cost.SHIPPED);
    }

    /**
     * With another wait and cost, which only tests have a use for.
     *
     * @param wait how long a request waits for its turn at most
     */
    Passwords(AuthConfig config, Duration wait, MeterRegistry meters, Cost cost) {
        this.argon2id = Argon2Function.getInstance(cost.kib(), cost.iterations(), 1, 32, Argon2.ID);
        this.bcrypt = BcryptFunction.getInstance(Bcrypt.B, cost.rounds());
        this.decoy = "$argon2id$v=19$m=" + cost.kib() + ",t=" + cost.iterations()
                + ",p=1$fD5UVx9GuaUvn5MWJro15g$yitZKzP34s4CbtrIUloXqA32LiRiAV9y3/EjyASq2Fo";
        this.memory = config.hashMemory().asLongValue();
        long byMemory = memory / (cost.kib() * 1024L);
        this.turns = new HashTurns(
                (int) Math.max(1, Math.min(byMemory, Runtime.getRuntime().availableProcessors())), QUEUE, wait, meters);
    }

    @PreDestroy
    void stop() {
        turns.stop();
    }

    /**
     * A salted hash in PHC or bcrypt form; never blocks.
     *
     * @return completes on a thread that hashes, with {@code BUSY} where there are too many before this one
     */
    public CompletableFuture<String> hash(String password, Scheme scheme) {
        return scheme == Scheme.ARGON2ID
                ? turns.next(() ->
                        Password.hash(password).addRandomSalt(16).with(argon2id).getResult())
                : turns.next(() -> Password.hash(password).with(bcrypt).getResult());
    }

    /**
     * Whether the password belongs to the hash; never blocks. A hash of no known kind, or one that asks for more memory than
     * there is, and null (no such account) belong to no password and take as long as one.
     *
     * <p>bcrypt never looks at more than 72 bytes; verification keeps that, so that old accounts log in as before.
     *
     * @return completes on a thread that hashes, with {@code BUSY} where there are too many before this one
     */
    public CompletableFuture<Boolean> matches(String password, @Nullable String hash) {
        String ascii = hash == null ? null : withAsciiDigits(hash);
        HashingFunction function = functionOf(ascii);
        return turns.next(() -> {
            try {
                if (function != null && ascii != null) {
                    return Password.check(password, ascii).with(function);
                }
            } catch (IllegalArgumentException malformed) {
                // Salt or digest are no base 64.
            }
            Password.check(password, decoy).with(argon2id);
            return false;
        });
    }

    /** Whether a hash that was just verified should be replaced by one of this scheme. */
    public boolean outdated(String hash, Scheme scheme) {
        String ascii = withAsciiDigits(hash);
        return !ascii.equals(hash) || (scheme == Scheme.ARGON2ID && !argon2id.equals(functionOf(ascii)));
    }

    /** Processes whose language has digits of its own wrote the parameters of hashes with them. */
    private static String withAsciiDigits(String hash) {
        if (hash.chars().allMatch(unit -> unit < 0x80)) {
            return hash;
        }
        StringBuilder ascii = new StringBuilder(hash.length());
        hash.codePoints().forEach(c -> {
            if (Character.isDigit(c)) {
                ascii.append(Character.digit(c, 10));
            } else {
                ascii.appendCodePoint(c);
            }
        });
        return ascii.toString();
    }

    private @Nullable HashingFunction functionOf(@Nullable String hash) {
        if (hash == null) {
            return null;
        }
        if (BCRYPT_FORM.matcher(hash).matches()) {
            return BcryptFunction.getInstanceFromHash(hash);
        }
        Matcher argon2 = ARGON2ID_FORM.matcher(hash);
        if (!argon2.matches() || Long.parseLong(argon2.group("kib")) * 1024 > memory) {
            return null;
        }
        try {
            return Argon2Function.getInstanceFromHash(hash);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
