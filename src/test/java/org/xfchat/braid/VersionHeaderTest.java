package org.xfchat.braid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract section 4, and rows 7 to 12 of section 6. */
class VersionHeaderTest {
    private static final String EMOJI = "\ud83d\ude00";

    private static List<String> parse(String... lines) {
        return VersionHeader.parse(List.of(lines));
    }

    private static void assertRefused(String... lines) {
        assertThatThrownBy(() -> parse(lines)).isInstanceOf(BraidSyntaxException.class);
    }

    @Nested
    class Reading {
        @Test
        void givesTheIdsInTheOrderSentAndKeepsDuplicates() {
            assertThat(parse("\"b\", \"a\",\"b\"")).containsExactly("b", "a", "b");
        }

        @Test
        void takesSeveralHeaderLinesAsOneList() {
            assertThat(parse("\"a\", \"b\"", "\"c\"")).containsExactly("a", "b", "c");
        }

        @Test
        void skipsEmptyHeaderLines() {
            assertThat(parse("", "\"a\"", "  ", "\"b\"")).containsExactly("a", "b");
        }

        @Test
        void takesNoLineAndAnEmptyLineAsTheEmptyList() {
            assertThat(parse()).isEmpty();
            assertThat(parse("")).isEmpty();
            assertThat(parse(" \t ")).isEmpty();
        }

        @Test
        void splitsOutsideQuotesOnly() {
            assertThat(parse("\"a,b\", \"c, d\"")).containsExactly("a,b", "c, d");
        }

        @Test
        void readsQuotesBackslashesCommasAndSpaces() {
            assertThat(parse("\"say \\\"hi\\\", C:\\\\x\"")).containsExactly("say \"hi\", C:\\x");
        }

        @Test
        void readsTheEscapesOfTheReferenceClient() {
            assertThat(parse("\"gr\\u00fc\\u00DFe\"")).containsExactly("gr\u00fc\u00dfe");
            assertThat(parse("\"\\ud83d\\ude00\"")).containsExactly(EMOJI);
            assertThat(parse("\"a\\/b\"")).containsExactly("a/b");
        }

        @Test
        void allowsSpacesAndTabsAroundIds() {
            assertThat(parse(" \"a\"\t,\t \"b\" ")).containsExactly("a", "b");
        }

        @Test
        void givesAListThatNobodyChanges() {
            assertThatThrownBy(() -> parse("\"a\"").add("b")).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Nested
    class Malformed {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"a\" \"b\"",
                    "\"a\",",
                    ",\"a\"",
                    ",",
                    "\"a\",,\"b\"",
                    "\"a\"],[\"b\"",
                    "\"a\"]",
                    "[\"a\"]",
                    "\"a\"] x",
                    "\"a\"][",
                    "1",
                    "1.5",
                    "\"a\", 2",
                    "token",
                    "?1",
                    "true",
                    "null",
                    "\"a\", null",
                    "{}",
                    "{\"a\":\"b\"}",
                    "(\"a\" \"b\")",
                    "\"a\";p=1",
                    "\"a",
                    "a\"",
                    "\"a\\\"",
                    "\"a\\x\"",
                    "\"\\u12\"",
                    "'a'",
                    ":YWJj:",
                    "\"a\"//",
                    "/**/\"a\"",
                    "\"a\";"
                })
        void listsAreRefused(String value) {
            assertRefused(value);
        }

        @Test
        void listsOverSeveralLinesAreRefused() {
            assertRefused("\"a\",", "\"b\"");
            assertRefused("\"a\"", "b");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"\"gr\u00fc\u00dfe\"", "\"\ud83d\ude00\"", "\"a\u0000\"", "\"a\r\nX: y\"", "\"a\u007f\""})
        void rawCharactersBeyondPrintableAsciiAreRefused(String value) {
            assertRefused(value);
        }

        @Test
        void aTabWithinAnIdIsRefused() {
            assertRefused("\"a\tb\"");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\\u0000",
                    "\\r",
                    "\\n",
                    "\\r\\nSet-Cookie: x",
                    "\\t",
                    "\\b",
                    "\\f",
                    "\\u001f",
                    "\\u007f",
                    "\\u0085"
                })
        void controlCharactersAreRefusedHoweverWritten(String escaped) {
            assertRefused("\"a" + escaped + "b\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\\ud83d", "\\ude00", "\\ude00\\ud83d", "a\\ud83db"})
        void halfSurrogatePairsAreRefused(String escaped) {
            assertRefused("\"" + escaped + "\"");
        }

        @Test
        void messagesQuoteNothingOfTheInput() {
            for (String value : List.of("\"Sesame", "Sesame", "\"Sesame\\r\\n\"", "\"" + "Sesame".repeat(40) + "\"")) {
                assertThatThrownBy(() -> parse(value))
                        .isInstanceOf(BraidSyntaxException.class)
                        .hasMessageNotContaining("Sesame");
            }
        }
    }

    @Nested
    class Limits {
        @Test
        void anIdHasOneToTwoHundredCharacters() {
            assertThat(parse("\"x\"")).containsExactly("x");
            assertThat(parse("\"" + "x".repeat(200) + "\"")).containsExactly("x".repeat(200));
            assertRefused("\"\"");
            assertRefused("\"a\", \"\"");
            assertRefused("\"" + "x".repeat(201) + "\"");
            assertRefused("\"" + "x".repeat(5000) + "\"");
        }

        @Test
        void escapedCharactersCountAsOne() {
            assertThat(parse("\"" + "\\u00fc".repeat(200) + "\"")).containsExactly("\u00fc".repeat(200));
            assertRefused("\"" + "\\u00fc".repeat(201) + "\"");
        }

        @Test
        void manyIdsAreStillOneList() {
            assertThat(parse("\"a\"" + ",\"a\"".repeat(999))).hasSize(1000);
        }
    }

    @Nested
    class Writing {
        @Test
        void leavesPrintableAsciiAsAStructuredFieldString() {
            String printable = "abc XYZ 019 !#$%&'()*+,-./:;<=>?@[]^_`{|}~";
            assertThat(VersionHeader.format(printable)).isEqualTo("\"" + printable + "\"");
        }

        @Test
        void escapesQuotesAndBackslashes() {
            assertThat(VersionHeader.format("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
        }

        @Test
        void escapesWhatIsNotPrintableAscii() {
            assertThat(VersionHeader.format("gr\u00fc\u00dfe" + EMOJI))
                    .isEqualTo("\"gr\\u00fc\\u00dfe\\ud83d\\ude00\"");
            assertThat(VersionHeader.format("a\r\nb\u0000\u007f")).isEqualTo("\"a\\u000d\\u000ab\\u0000\\u007f\"");
        }

        @Test
        void separatesSeveralIdsAndWritesNothingForNone() {
            assertThat(VersionHeader.format(List.of("a", "b,c"))).isEqualTo("\"a\", \"b,c\"");
            assertThat(VersionHeader.format(List.of())).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a",
                    "v1",
                    "a,b",
                    "a b",
                    "\"",
                    "\\",
                    "\\u00fc",
                    "a\"],[\"b",
                    "gr\u00fc\u00dfe",
                    "\u65e5\u672c\u8a9e",
                    "\ud83d\ude00",
                    "\u2028",
                    "\u202e"
                })
        void comesBackEqual(String id) {
            String written = VersionHeader.format(List.of(id, "next", id));
            assertThat(written).matches("[\\x20-\\x7e]*");
            assertThat(parse(written)).containsExactly(id, "next", id);
        }
    }
}
