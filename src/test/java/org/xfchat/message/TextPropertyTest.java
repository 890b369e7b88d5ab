package org.xfchat.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** What a message may be: whatever passes can be stored and given back as it came, whatever else is refused in words. */
class TextPropertyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static @Nullable ErrorCode refusal(Runnable check) {
        ApiException refused = catchThrowableOfType(ApiException.class, check::run);
        return refused == null ? null : refused.code();
    }

    @Property
    void aTextThatPassesIsTheSameInUtf8(@ForAll String text) {
        if (refusal(() -> Text.check(text)) == null) {
            assertThat(new String(text.getBytes(UTF_8), UTF_8))
                    .isEqualTo(text)
                    .isNotEmpty()
                    .doesNotContain("\u0000");
        } else {
            assertThat(text.isEmpty() || !Text.isStorable(text)).isTrue();
        }
    }

    @Property(tries = 60)
    void theLimitIsInBytes(@ForAll("characters") String character, @ForAll("sizes") int bytes) {
        String text = character.repeat(bytes / character.getBytes(UTF_8).length);
        assertThat(refusal(() -> Text.check(text)))
                .isEqualTo(text.getBytes(UTF_8).length > 1 << 20 ? ErrorCode.TOO_LARGE : null);
    }

    @Provide
    Arbitrary<String> characters() {
        return Arbitraries.of("a", "\u00e9", "\u20ac", "\ud83d\ude00");
    }

    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.integers().between((1 << 20) - 8, (1 << 20) + 8);
    }

    @Provide
    Arbitrary<JsonNode> types() {
        Arbitrary<String> value = Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "true",
                        "1",
                        "-1",
                        "0.5",
                        "1e400",
                        "4294967295",
                        "4294967296",
                        "9223372036854775807",
                        "9223372036854775808",
                        "9".repeat(900),
                        "\"\"",
                        "\"\\u0000\"",
                        "\"\\ud800\"",
                        "[]",
                        "{}",
                        "\"a\"",
                        "\"" + "x".repeat(4096) + "\"",
                        "\"" + "x".repeat(4097) + "\""),
                Arbitraries.strings()
                        .all()
                        .ofMaxLength(20)
                        .map(text -> JSON.getNodeFactory().textNode(text).toString()));
        Arbitrary<String> type =
                Arbitraries.of("\"text\"", "\"image\"", "\"file\"", "\"system\"", "\"Image\"", "1", "null");
        Arbitrary<String> object = Combinators.combine(type, value, value, value, value, value, value)
                .as((name, url, thumbnail, width, filename, size, mime) -> "{\"type\":" + name + ",\"url\":" + url
                        + ",\"thumbnail\":" + thumbnail + ",\"width\":" + width + ",\"filename\":" + filename
                        + ",\"size\":"
                        + size + ",\"mime_type\":" + mime + "}");
        return Arbitraries.oneOf(object, value, type).map(TextPropertyTest::parsed);
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(json, impossible);
        }
    }

    @Property
    void aTypeIsOneThatAnswersHaveOrIsRefused(@ForAll("types") JsonNode node) {
        ErrorCode refusal = refusal(() -> MessageType.of(node));
        Statistics.collect(refusal == null ? "read" : "refused");
        if (refusal == null) {
            MessageType type = MessageType.of(node);
            assertThat(type.name()).isIn("text", "image", "file");
            assertThat(type.attributes()).allSatisfy(TextPropertyTest::isStorable);
        } else {
            assertThat(refusal).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.UNPROCESSABLE);
        }
        Statistics.coverage(coverage -> coverage.check("read").count(count -> count > 0));
    }

    private static void isStorable(String name, @Nullable Object value) {
        ObjectNode stored = JSON.valueToTree(value == null ? Map.of() : Map.of(name, value));
        assertThat(parsed(stored.toString())).isEqualTo(stored);
        if (value instanceof String text) {
            assertThat(Text.isStorable(text)).isTrue();
        } else if (value != null) {
            assertThat(((Number) value).longValue()).isNotNegative();
        }
    }
}
