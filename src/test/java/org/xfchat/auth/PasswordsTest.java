package org.xfchat.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.auth.Passwords.Scheme;

/** docs/upgrade.md, "Going back"; OWASP Password Storage Cheat Sheet for the parameters. */
class PasswordsTest {
    /** The published test vector of crypt_blowfish, cost 5. */
    private static final String VECTOR_PASSWORD = "U*U";

    private static final String VECTOR = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    private static final Duration HANG = Duration.ofMinutes(2);

    private static final TestAuthConfig CONFIG = TestAuthConfig.withHashMemory(128L << 20);

    /** Of little cost, for what does not depend on it. */
    private final Passwords passwords = new Passwords(CONFIG, HANG, new SimpleMeterRegistry(), QuickPasswords.COST);

    private final Passwords shipped = new Passwords(CONFIG, HANG, new SimpleMeterRegistry(), Passwords.Cost.SHIPPED);

    @AfterEach
    void stop() {
        passwords.stop();
        shipped.stop();
    }

    private String hash(String password, Scheme scheme) {
        return passwords.hash(password, scheme).join();
    }

    private boolean matches(String password, @Nullable String hash) {
        return passwords.matches(password, hash).join();
    }

    /** A process in a language with digits of its own wrote such hashes, and nobody could log in with them. */
    @ParameterizedTest
    @MethodSource("languagesWithDigitsOfTheirOwn")
    void hashesWithOtherDigitsVerifyAndAreReplaced(Locale language) {
        Locale before = Locale.getDefault();
        for (Scheme scheme : Scheme.values()) {
            String hash;
            Locale.setDefault(language);
            try {
                hash = hash("correct horse", scheme);
            } finally {
                Locale.setDefault(before);
            }
            assertThat(matches("correct horse", hash)).as(hash).isTrue();
            assertThat(matches("wrong horse", hash)).as(hash).isFalse();
            boolean isAscii = hash.chars().allMatch(unit -> unit < 0x80);
            assertThat(passwords.outdated(hash, scheme)).as(hash).isEqualTo(!isAscii);
        }
    }

    static Stream<Locale> languagesWithDigitsOfTheirOwn() {
        return Stream.of("ar-EG", "fa-IR", "hi-IN-u-nu-deva", "my-MM", "bn-BD", "th-TH-u-nu-thai", "ckb-IQ", "ne-NP")
                .map(Locale::forLanguageTag);
    }

    @Test
    void parametersInOtherDigitsAreThoseInAscii() {
        String hash = hash("correct horse", Scheme.ARGON2ID);
        String arabic = hash.replace("v=19$m=64,t=1,p=1", "v=\u0661\u0669$m=\u0666\u0664,t=\u0661,p=\u0661");
        assertThat(arabic).isNotEqualTo(hash);
        assertThat(matches("correct horse", arabic)).isTrue();
        assertThat(passwords.outdated(arabic, Scheme.ARGON2ID)).isTrue();
    }

    @Nested
    class Argon2id {
        @Test
        void newHashesArePhcStringsWithTheRecommendedParameters() {
            assertThat(shipped.hash("correct horse", Scheme.ARGON2ID).join())
                    .matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22,24}\\$[A-Za-z0-9+/]{43}");
        }

        @Test
        void matchesItsPasswordOnly() {
            String hash = hash("gr\u00fc\u00dfe \ud83d\ude00", Scheme.ARGON2ID);
            assertThat(matches("gr\u00fc\u00dfe \ud83d\ude00", hash)).isTrue();
            assertThat(matches("gr\u00fc\u00dfe \ud83d\ude01", hash)).isFalse();
            assertThat(matches("", hash)).isFalse();
        }

        /** With other parameters an unknown account would be told from a known one by the time that it takes. */
        @Test
        void whatUnknownAccountsAreComparedWithIsLikeANewHash() {
            assertThat(shipped.outdated(shipped.decoy, Scheme.ARGON2ID)).isFalse();
            assertThat(shipped.decoy)
                    .hasSameSizeAs(
                            shipped.hash("correct horse", Scheme.ARGON2ID).join());
            assertThat(shipped.matches("correct horse", shipped.decoy).join()).isFalse();
        }

        @Test
        void everyHashHasItsOwnSalt() {
            assertThat(hash("correct horse", Scheme.ARGON2ID)).isNotEqualTo(hash("correct horse", Scheme.ARGON2ID));
        }

        @Test
        void takesPasswordsAsTheyWereTyped() {
            String hash = hash(" Gr\u00fc\u00dfe ", Scheme.ARGON2ID);
            assertThat(matches(" Gr\u00fc\u00dfe ", hash)).isTrue();
            assertThat(List.of(
                            "Gr\u00fc\u00dfe",
                            " gr\u00fc\u00dfe ",
                            " Gru\u0308\u00dfe ",
                            " Gr\u00fcsse ",
                            " Gr\u00fc\u00dfe  "))
                    .noneMatch(other -> matches(other, hash));
        }

        @Test
        void looksAtEveryByte() {
            String hash = hash("x".repeat(100) + "a", Scheme.ARGON2ID);
            assertThat(matches("x".repeat(100) + "b", hash)).isFalse();
            assertThat(matches("x".repeat(100) + "a", hash)).isTrue();
        }

        @Test
        void verifiesWithTheParametersThatTheHashNames() {
            // The reference implementation's own test: password "password", salt "somesalt", t=2, m=256 KiB, p=1.
            String hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
            assertThat(matches("password", hash)).isTrue();
            assertThat(matches("passwore", hash)).isFalse();
        }
    }

    @Nested
    class Bcrypt {
        @Test
        void newHashesAreOfCostTwelve() {
            String hash = shipped.hash("correct horse", Scheme.BCRYPT).join();
            assertThat(hash).matches("\\$2b\\$12\\$[./A-Za-z0-9]{53}");
            assertThat(matches("correct horse", hash)).isTrue();
            assertThat(matches("correct horsf", hash)).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"$2a$05$", "$2b$05$", "$2y$05$"})
        void everyOldPrefixVerifies(String prefix) {
            assertThat(matches(VECTOR_PASSWORD, prefix + VECTOR)).isTrue();
            assertThat(matches("U*V", prefix + VECTOR)).isFalse();
            assertThat(matches("", prefix + VECTOR)).isFalse();
        }

        @Test
        void ignoresWhatFollowsTheSeventySecondByte() {
            String hash = hash("x".repeat(72) + "first", Scheme.BCRYPT);
            assertThat(matches("x".repeat(72) + "second", hash)).isTrue();
            assertThat(matches("x".repeat(72), hash)).isTrue();
            assertThat(matches("x".repeat(71), hash)).isFalse();
            assertThat(matches("x".repeat(71) + "y", hash)).isFalse();
        }

        @Test
        void countsBytesOfUtf8() {
            String hash = hash("\u00fc".repeat(36) + "first", Scheme.BCRYPT);
            assertThat(matches("\u00fc".repeat(36) + "second", hash)).isTrue();
            assertThat(matches("\u00fc".repeat(35) + "\u00e4", hash)).isFalse();
        }
    }

    @Nested
    class Garbage {
        @ParameterizedTest
        @NullAndEmptySource
        @ValueSource(
                strings = {
                    "not_a_real_hash",
                    "system",
                    "$",
                    "$2b$",
                    "$2b$12$short",
                    "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$00$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe=",
                    "$argon2id$",
                    "$argon2id$garbage",
                    "$argon2id$v=19$",
                    "$argon2id$v=19$m=,t=,p=$$",
                    "$argon2id$v=19$m=256,t=2,p=1$$",
                    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
                    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
                    "$argon2id$v=19$m=256,t=2,p=1$%%%$%%%",
                    "$argon2id$v=19$m=x,t=y,p=z$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=-1,t=-1,p=-1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=99$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$6$salt$hash",
                    "\u0000",
                    "\ud83d\ude00"
                })
        void matchesNoPasswordAndIsNoError(@Nullable String hash) {
            assertThat(matches("password", hash)).isFalse();
        }

        /** The package's promise: hashing never takes more memory than configured, whatever a stored hash asks for. */
        @Test
        void askingForMoreMemoryThanConfiguredMatchesNothing() {
            String large = Password.hash("correct horse")
                    .addRandomSalt(16)
                    .with(Argon2Function.getInstance(32 * 1024, 1, 1, 32, Argon2.ID))
                    .getResult();
            Passwords small = new Passwords(
                    TestAuthConfig.withHashMemory(20L << 20), HANG, new SimpleMeterRegistry(), QuickPasswords.COST);
            assertThat(small.matches("correct horse", large).join()).isFalse();
            small.stop();
        }

        /** In time of a processor, which a busy machine does not stretch. */
        @Test
        void takesAsLongAsARealHash() {
            String real = shipped.hash("correct horse", Scheme.ARGON2ID).join();
            assertThat(worked("garbage")).isGreaterThan(worked(real) / 4);
            assertThat(worked(null)).isGreaterThan(worked(real) / 4);
        }

        /** The least of a few runs, in nanoseconds. */
        private long worked(@Nullable String hash) {
            long least = Long.MAX_VALUE;
            for (int run = 0; run < 5; run++) {
                Map<Long, Long> before = hashing();
                assertThat(shipped.matches("wrong", hash).join()).isFalse();
                long worked = hashing().entrySet().stream()
                        .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                        .sum();
                least = Math.min(least, worked);
            }
            return least;
        }

        /** By thread: those of other tests may end meanwhile, and do not count. */
        private static Map<Long, Long> hashing() {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                    .filter(thread -> thread != null && thread.getThreadName().startsWith("xfchat-password-hash"))
                    .collect(Collectors.toMap(
                            ThreadInfo::getThreadId,
                            thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId()))));
        }
    }

    @Nested
    class Outdated {
        @Test
        void bcryptIsWhereArgon2idIsWanted() {
            assertThat(passwords.outdated("$2b$05$" + VECTOR, Scheme.ARGON2ID)).isTrue();
        }

        @Test
        void argon2idOfOtherParametersIs() {
            String weak = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
            assertThat(passwords.outdated(weak, Scheme.ARGON2ID)).isTrue();
        }

        @Test
        void aNewHashIsNot() {
            assertThat(passwords.outdated(hash("correct horse", Scheme.ARGON2ID), Scheme.ARGON2ID))
                    .isFalse();
        }

        @Test
        void nothingIsWhileAnUpgradeCanBeRolledBack() {
            assertThat(passwords.outdated("$2a$05$" + VECTOR, Scheme.BCRYPT)).isFalse();
        }
    }
}
