package org.xfchat.braid;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Contract section 2.4, byte for byte. */
class UpdatesTest {
    private static final byte[] EMPTY = "[]".getBytes(US_ASCII);

    private static byte[] array(String... elements) {
        return Updates.array(
                Stream.of(elements).map(element -> element.getBytes(US_ASCII)).toList());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Nested
    class Array {
        @Test
        void withoutElementsIsEmpty() {
            assertThat(text(array())).isEqualTo("[]");
        }

        @Test
        void hasItsElementOnALineOfItsOwn() {
            assertThat(text(array("{\"a\":1}"))).isEqualTo("[\n{\"a\":1}\n]");
        }

        @Test
        void hasElementsAndCommasOnLinesOfTheirOwn() {
            assertThat(text(array("{\"a\":1}", "{}", "{\"b\":\",\"}")))
                    .isEqualTo("[\n{\"a\":1}\n,\n{}\n,\n{\"b\":\",\"}\n]");
        }
    }

    @Nested
    class Snapshot {
        @Test
        void namesItsVersionFirstAndSaysHowLongItIs() {
            assertThat(text(Updates.snapshot("v2", "v1", array("{\"a\":1}", "{\"b\":2}"))))
                    .isEqualTo("Version: \"v2\"\r\n"
                            + "Parents: \"v1\"\r\n"
                            + "Content-Type: application/json\r\n"
                            + "Content-Length: 21\r\n"
                            + "\r\n"
                            + "[\n{\"a\":1}\n,\n{\"b\":2}\n]"
                            + "\r\n\r\n");
        }

        @Test
        void ofTheBeginningHasNoParent() {
            assertThat(text(Updates.snapshot("root", null, EMPTY)))
                    .isEqualTo("Version: \"root\"\r\n"
                            + "Content-Type: application/json\r\n"
                            + "Content-Length: 2\r\n"
                            + "\r\n"
                            + "[]"
                            + "\r\n\r\n");
        }

        @Test
        void withoutAVersionSaysNone() {
            assertThat(text(Updates.snapshot(null, null, EMPTY)))
                    .isEqualTo("Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]\r\n\r\n");
        }
    }

    @Nested
    class Append {
        @Test
        void isAPatchAtTheEndWithOneElement() {
            assertThat(text(Updates.append("v2", "v1", "{\"a\":1}".getBytes(US_ASCII))))
                    .isEqualTo("Version: \"v2\"\r\n"
                            + "Parents: \"v1\"\r\n"
                            + "Content-Type: application/json\r\n"
                            + "Content-Range: json [-0:-0]\r\n"
                            + "Content-Length: 11\r\n"
                            + "\r\n"
                            + "[\n{\"a\":1}\n]"
                            + "\r\n\r\n");
        }

        @Test
        void countsBytes() {
            byte[] element = "{\"a\":\"é😀\"}".getBytes(UTF_8);
            assertThat(text(Updates.append("v2", "v1", element)))
                    .contains("\r\nContent-Length: " + (element.length + 4) + "\r\n");
        }

        @Test
        void doesNotLetAVersionBreakItsHeader() {
            String update = text(Updates.append("a\r\nX: \"b\\, ü", "\n", "{}".getBytes(US_ASCII)));
            assertThat(List.of(update.split("\r\n", -1)))
                    .startsWith(
                            "Version: \"a\\u000d\\u000aX: \\\"b\\\\, \\u00fc\"",
                            "Parents: \"\\u000a\"",
                            "Content-Type: application/json");
        }
    }
}
