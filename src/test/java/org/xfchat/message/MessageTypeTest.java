package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** Contract sections 0.1 and 2.5, the row {@code message_type}. */
class MessageTypeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static MessageType read(String json) {
        try {
            return MessageType.of(JSON.readTree(json));
        } catch (JsonProcessingException malformed) {
            throw new AssertionError("the test's JSON is malformed", malformed);
        }
    }

    private static void assertRefused(String json, ErrorCode code) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> read(json))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void absentIsText() {
        assertThat(MessageType.of(null).name()).isEqualTo("text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"text\"", "{\"type\":\"text\"}", "{\"type\":\"text\",\"url\":\"ignored\"}"})
    void textHasNoAttributes(String json) {
        MessageType type = read(json);
        assertThat(type.name()).isEqualTo("text");
        assertThat(type.attributes()).isEmpty();
    }

    @Test
    void anImageHasAllItsFieldsNullWhereNotGiven() {
        MessageType type = read("{\"type\":\"image\",\"url\":\"https://x.test/i.png\",\"width\":640}");
        assertThat(type.name()).isEqualTo("image");
        assertThat(type.attributes())
                .containsExactly(
                        entry("url", "https://x.test/i.png"),
                        entry("thumbnail", null),
                        entry("width", 640),
                        entry("height", null));
    }

    @Test
    void anImagesSizeIsAnUnsignedThirtyTwoBitNumber() {
        assertThat(read("{\"type\":\"image\",\"url\":\"u\",\"width\":4294967295,\"height\":0}")
                        .attributes())
                .contains(entry("width", 4294967295L), entry("height", 0));
        assertRefused("{\"type\":\"image\",\"url\":\"u\",\"width\":4294967296}", ErrorCode.UNPROCESSABLE);
        assertRefused("{\"type\":\"image\",\"url\":\"u\",\"height\":-1}", ErrorCode.UNPROCESSABLE);
    }

    @Test
    void aFileHasAllItsFields() {
        MessageType type = read(
                "{\"type\":\"file\",\"filename\":\"a.pdf\",\"size\":12,\"mime_type\":\"application/pdf\",\"url\":\"u\"}");
        assertThat(type.name()).isEqualTo("file");
        assertThat(type.attributes())
                .containsExactly(
                        entry("filename", "a.pdf"),
                        entry("size", 12),
                        entry("mime_type", "application/pdf"),
                        entry("url", "u"));
    }

    @Test
    void fieldsThatDoNotBelongAreLeftOut() {
        assertThat(read("{\"type\":\"image\",\"url\":\"u\",\"evil\":[1],\"seq\":3}")
                        .attributes())
                .containsOnlyKeys("url", "thumbnail", "width", "height");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"system\"",
                "{\"type\":\"system\"}",
                "\"image\"",
                "\"file\"",
                "\"Text\"",
                "\"\"",
                "\"edit\"",
                "{}",
                "{\"type\":null}",
                "{\"type\":7}",
                "{\"type\":[\"text\"]}",
                "{\"type\":\"edit\",\"target\":\"x\"}"
            })
    void otherTypesAreRefused(String json) {
        assertRefused(json, ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "true",
                "[]",
                "[\"text\"]",
                "{\"type\":\"image\"}",
                "{\"type\":\"image\",\"url\":null}",
                "{\"type\":\"image\",\"url\":7}",
                "{\"type\":\"image\",\"url\":\"u\",\"thumbnail\":7}",
                "{\"type\":\"image\",\"url\":\"u\",\"width\":\"640\"}",
                "{\"type\":\"image\",\"url\":\"u\",\"width\":1.5}",
                "{\"type\":\"image\",\"url\":\"u\",\"width\":1e400}",
                "{\"type\":\"file\",\"size\":1,\"mime_type\":\"m\",\"url\":\"u\"}",
                "{\"type\":\"file\",\"filename\":\"f\",\"mime_type\":\"m\",\"url\":\"u\"}",
                "{\"type\":\"file\",\"filename\":\"f\",\"size\":-1,\"mime_type\":\"m\",\"url\":\"u\"}",
                "{\"type\":\"file\",\"filename\":\"f\",\"size\":99999999999999999999,\"mime_type\":\"m\",\"url\":\"u\"}",
                "{\"type\":\"file\",\"filename\":\"f\",\"size\":1,\"url\":\"u\"}",
                "{\"type\":\"file\",\"filename\":\"f\",\"size\":1,\"mime_type\":\"m\"}"
            })
    void missingAndIllTypedFieldsAreUnprocessable(String json) {
        assertRefused(json, ErrorCode.UNPROCESSABLE);
    }

    @Test
    void attributesAreShortAndStorable() {
        assertThat(read("{\"type\":\"image\",\"url\":\"" + "x".repeat(4096) + "\"}")
                        .attributes())
                .containsEntry("url", "x".repeat(4096));
        assertRefused("{\"type\":\"image\",\"url\":\"" + "x".repeat(4097) + "\"}", ErrorCode.INVALID_REQUEST);
        assertRefused("{\"type\":\"image\",\"url\":\"a\\u0000\"}", ErrorCode.INVALID_REQUEST);
        assertRefused("{\"type\":\"image\",\"url\":\"a\\ud83d\"}", ErrorCode.INVALID_REQUEST);
    }
}
