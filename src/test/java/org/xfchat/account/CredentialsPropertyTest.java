package org.xfchat.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** A name, an address and a password that pass can be stored; nothing of what does not is quoted. */
class CredentialsPropertyTest {
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(3).ofMaxLength(30),
                Arbitraries.strings().all().ofMaxLength(40),
                Arbitraries.of(
                        "SYSTEM_BOT",
                        "system_global",
                        "\u017fystem_bot",
                        "a\n",
                        "abc\n",
                        "\u0430dmin",
                        "a".repeat(10_000)));
    }

    @Provide
    Arbitrary<String> addresses() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("ab@.").ofMinLength(1).ofMaxLength(40),
                Arbitraries.strings().all().ofMaxLength(20).map(text -> text + "@example.test"),
                Arbitraries.of(
                        "@", "\u0000@", "\ud800@", "a @b", "\u2003@", "@" + "x".repeat(254), "@" + "x".repeat(255)));
    }

    @Provide
    Arbitrary<String> passwords() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMinLength(8).ofMaxLength(100),
                Arbitraries.strings().all().ofMaxLength(9));
    }

    @Property
    void whatPassesCanBeStored(
            @ForAll("names") String name, @ForAll("addresses") String address, @ForAll("passwords") String password) {
        ApiException refused =
                catchThrowableOfType(ApiException.class, () -> Credentials.check(name, address, password));
        Statistics.collect(refused == null ? "passes" : "refused");
        if (refused == null) {
            assertThat(name).matches("[A-Za-z]\\w{2,29}").isNotEqualToIgnoringCase("system_bot");
            assertThat(address).contains("@").hasSizeLessThan(256);
            assertThat(address.codePoints()).noneMatch(Character::isISOControl).noneMatch(Character::isWhitespace);
            assertThat(new String(address.getBytes(UTF_8), UTF_8)).isEqualTo(address);
            assertThat(password.codePointCount(0, password.length())).isGreaterThan(7);
        } else {
            assertThat(refused.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.USERNAME_TAKEN);
            assertThat(refused.getMessage()).matches("[\\w ,]{10,100}");
        }
        Statistics.coverage(coverage -> coverage.check("passes").count(count -> count > 0));
    }
}
