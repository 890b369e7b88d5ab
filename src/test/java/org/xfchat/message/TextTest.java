package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Contract section 6, rows 1 to 6. */
class TextTest {
    private static final int MAX_BYTES = 1 << 20;

    private static void assertRefused(String text, ErrorCode code) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> Text.check(text))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                " ",
                "\t\r\n",
                "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
                "\u202e\u05e9\u05dc\u05d5\u05dd",
                "e\u0301",
                "\u2028\u2029",
                "data: x\n\nevent: y",
                "\u0001\u001b\u007f",
                "\ufffd\uffff"
            })
    void whatPostgresqlGivesBackAsItCameIsAccepted(String text) {
        assertThatCode(() -> Text.check(text)).doesNotThrowAnyException();
        assertThat(Text.isStorable(text)).isTrue();
    }

    @Test
    void emptyIsRefused() {
        assertRefused("", ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\u0000b", "\ud83d", "\ude00", "a\ude00\ud83db", "ends with \ud83d"})
    void whatCannotBeStoredIsRefused(String text) {
        assertThat(Text.isStorable(text)).isFalse();
        assertRefused(text, ErrorCode.INVALID_REQUEST);
    }

    @Test
    void exactlyOneMebibyteOfUtf8IsAcceptedAndOneByteMoreIsTooLarge() {
        for (String character : new String[] {"a", "\u00fc", "\u20ac", "\ud83d\ude00"}) {
            int bytes = character.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            String most = character.repeat(MAX_BYTES / bytes) + "a".repeat(MAX_BYTES % bytes);
            assertThatCode(() -> Text.check(most)).doesNotThrowAnyException();
            assertRefused(most + "a", ErrorCode.TOO_LARGE);
        }
    }
}
