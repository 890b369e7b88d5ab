package org.xfchat.braid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

/** Whatever a client sends as version headers is a list of ids or refused in words that quote nothing of it. */
class VersionHeaderPropertyTest {
    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.strings()
                .all()
                .ofMinLength(1)
                .ofMaxLength(VersionHeader.MAX_ID_LENGTH)
                .filter(id -> id.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE));
    }

    /** Pieces of the grammar, well or badly put together, and anything else. */
    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "\"",
                        ",",
                        " ",
                        "\t",
                        "\\",
                        "\\\"",
                        "\\u00fc",
                        "\\ud83d\\ude00",
                        "\\ud800",
                        "\\u0000",
                        "\\u000d",
                        "\\n",
                        "\r\n",
                        "\u0000",
                        "[",
                        "]",
                        "{",
                        "}",
                        ":",
                        "1",
                        "-1e400",
                        "null",
                        "true",
                        "?1",
                        "\"a\"",
                        "\"\"",
                        "\"b\", \"c\"",
                        "/*",
                        "//",
                        "'a'",
                        "\u2028",
                        "\ud800"),
                Arbitraries.strings().ascii().ofMaxLength(3),
                Arbitraries.strings().all().ofMaxLength(3),
                Arbitraries.of("a", "\"").map(text -> text.repeat(300)),
                Arbitraries.just("[").map(open -> open.repeat(5_000)));
        return piece.list().ofMaxSize(12).map(pieces -> String.join("", pieces));
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll List<@From("ids") String> ids) {
        assertThat(VersionHeader.parse(List.of(VersionHeader.format(ids)))).isEqualTo(ids);
        assertThat(VersionHeader.parse(ids.stream().map(VersionHeader::format).toList()))
                .isEqualTo(ids);
    }

    @Property
    void whatIsWrittenCannotBreakALine(@ForAll String anything) {
        assertThat(VersionHeader.format(anything).chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Property
    void anythingIsReadOrRefused(@ForAll @Size(max = 4) List<@From("lines") String> lines) {
        try {
            List<String> ids = VersionHeader.parse(lines);
            Statistics.collect("read");
            assertThat(ids).allSatisfy(id -> {
                assertThat(id).isNotEmpty().hasSizeLessThanOrEqualTo(VersionHeader.MAX_ID_LENGTH);
                assertThat(id.codePoints()).noneMatch(Character::isISOControl);
            });
            assertThat(VersionHeader.parse(List.of(VersionHeader.format(ids)))).isEqualTo(ids);
        } catch (BraidSyntaxException refused) {
            Statistics.collect("refused");
            assertThat(refused).hasMessageMatching("A version (header )?(has|must).{10,60}");
        }
        Statistics.coverage(coverage -> {
            coverage.check("read").count(count -> count > 0);
            coverage.check("refused").count(count -> count > 0);
        });
    }
}
