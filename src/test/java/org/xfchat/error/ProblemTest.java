package org.xfchat.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract section 0, errors. */
class ProblemTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/problem+json",
                "Application/JSON; charset=utf-8",
                "text/html, application/json;q=0.9",
                "application/vnd.api+json"
            })
    void clientsThatNameAJsonTypeGetJson(String accept) {
        assertThat(Problem.wanted(accept)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "*/*", "text/plain", "text/event-stream", "application/*", "text/html", "image/jsonish"})
    void everybodyElseGetsASentence(@Nullable String accept) {
        assertThat(Problem.wanted(accept)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain, application/json;q=0", "application/problem+json; q=0.0"})
    void whoRefusesJsonGetsASentence(String accept) {
        assertThat(Problem.wanted(accept)).isFalse();
    }

    @Test
    void theSentenceOfAServerFaultCarriesTheIdUnderWhichItWasLogged() {
        assertThat(Problem.of(ErrorCode.INTERNAL, "Something went wrong here", "id-1")
                        .sentence())
                .isEqualTo("Something went wrong here (id-1)");
        assertThat(Problem.of(ErrorCode.NOT_FOUND, "Nothing", null).sentence()).isEqualTo("Nothing");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasAStableFormAStatusAndASentence(ErrorCode code) {
        assertThat(code.code()).matches("[a-z]+(_[a-z]+)*");
        assertThat(code.status()).isBetween(400, 599);
        assertThat(code.title()).isNotBlank().doesNotEndWith(".");
    }

    @Test
    void codesAreDistinct() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code)).doesNotHaveDuplicates();
    }
}
