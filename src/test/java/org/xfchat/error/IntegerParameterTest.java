package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract section 6, row 47. */
class IntegerParameterTest {
    private static long limit(@Nullable String text) {
        return IntegerParameter.of(text, "limit", 1, 500, 50);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void absentIsTheDefault(@Nullable String text) {
        assertThat(limit(text)).isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "500, 500",
        "+7, 7",
        "007, 7",
        "501, 500",
        "0, 1",
        "-1, 1",
        "-0, 1",
        "4000000000, 500",
        "999999999999999999, 500",
        "9223372036854775807, 500",
        "9223372036854775808, 500",
        "-9223372036854775809, 1",
        "9999999999999999999999999999999999999999, 500"
    })
    void numbersAreClampedToTheRange(String text, long value) {
        assertThat(limit(text)).isEqualTo(value);
    }

    @Test
    void manyLeadingZerosDoNotMakeANumberLarge() {
        assertThat(limit("0000000000000000000007")).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "1e3", "0x10", " 7", "7 ", "--7", "+", "-", "NaN", "\u0667", "7,8", "7\u0000"})
    void anythingElseIsRefusedByName(String text) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> limit(text))
                .withMessageContaining("limit")
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void aNumberOfManyDigitsIsRefusedOrClampedQuickly() {
        String text = "9".repeat(100_000);
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> limit(text))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}
