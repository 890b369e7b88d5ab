package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents are short where they have to be, agree with the code, and lead where they say. */
class DocumentationTest {
    private static final int README_BYTES = 8192;
    private static final int FEWEST_CITATIONS = 40;

    private static final Path CONTRACT = Path.of("docs", "contract.md");
    private static final Path ARCHITECTURE = Path.of("docs", "architecture.md");

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]*)\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    /** As "contract 2.4", "contract 1.1 to 1.3", "contract 2.5 and 6 #14 to #28". */
    private static final Pattern CITATION =
            Pattern.compile("\\bcontract (\\d[\\d.]*(?:(?:,| and| to)? #?\\d[\\d.]*)*)");

    private static final Pattern CITED = Pattern.compile("#?\\d+(?:\\.\\d+)?");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|");
    private static final Pattern NUMBERED = Pattern.compile("(\\d+(?:\\.\\d+)?)\\.? .*");

    private static final Pattern ARROW = Pattern.compile("(?m)^ +(\\w+) --> (\\w+)$");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]+ \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))[`#]");

    static List<Path> documents() {
        return Documents.all();
    }

    @Test
    void theReadmeIsRead() throws IOException {
        assertThat(Files.size(Path.of("README.md"))).isLessThanOrEqualTo(README_BYTES);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyLinkLeadsSomewhere(Path document) {
        List<String> broken = new ArrayList<>();
        for (MatchResult link :
                LINK.matcher(Documents.prose(document)).results().toList()) {
            String target = link.group(1);
            if (ELSEWHERE.matcher(target).matches()) {
                continue;
            }
            int sign = target.indexOf('#');
            String file = sign < 0 ? target : target.substring(0, sign);
            Path meant =
                    file.isEmpty() ? document : document.resolveSibling(file).normalize();
            if (!Files.exists(meant) || (sign >= 0 && !Documents.anchors(meant).contains(target.substring(sign + 1)))) {
                broken.add(target);
            }
        }
        assertThat(broken).isEmpty();
    }

    /** Sections, and with a number sign the rows of section 6. */
    @Test
    void everySectionOfTheContractThatIsCitedIsThere() throws IOException {
        Set<String> there = new TreeSet<>();
        for (String heading : Documents.headings(CONTRACT)) {
            NUMBERED.matcher(heading).results().forEach(number -> there.add(number.group(1)));
        }
        ROW.matcher(Documents.read(CONTRACT)).results().forEach(row -> there.add("#" + row.group(1)));
        assertThat(there).contains("0", "2.5", "#1");
        Map<String, Set<String>> cited = citations();
        assertThat(cited.values().stream().mapToInt(Set::size).sum()).isGreaterThan(FEWEST_CITATIONS);
        assertThat(cited)
                .allSatisfy((file, sections) -> assertThat(there).as(file).containsAll(sections));
    }

    /** By file what it cites. */
    private static Map<String, Set<String>> citations() throws IOException {
        Map<String, Set<String>> cited = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(java|sql|properties|yaml)"))
                    .filter(file -> !file.endsWith("DocumentationTest.java"))
                    .toList()) {
                // A comment may go on in the next line.
                String text = Documents.read(file).replaceAll("\\n\\s*(?:(?:\\*|//|--|#)\\s+)?", " ");
                CITATION.matcher(text)
                        .results()
                        .flatMap(citation -> CITED.matcher(citation.group(1)).results())
                        .forEach(section -> cited.computeIfAbsent(file.toString(), any -> new TreeSet<>())
                                .add(section.group()));
            }
        }
        return cited;
    }

    @Test
    void thePictureOfThePackagesIsTrue() {
        Map<String, Set<String>> drawn = new LinkedHashMap<>();
        ARROW.matcher(Documents.read(ARCHITECTURE)).results().forEach(arrow -> {
            drawn.computeIfAbsent(arrow.group(1), any -> new TreeSet<>()).add(arrow.group(2));
            drawn.computeIfAbsent(arrow.group(2), any -> new TreeSet<>());
        });
        assertThat(drawn).isEqualTo(new TreeMap<>(ArchitectureTest.DIRECT));
    }

    @Test
    void everyPackageIsDescribed() {
        Set<String> described = PACKAGE.matcher(Documents.read(ARCHITECTURE))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        assertThat(described).containsExactlyElementsOf(ArchitectureTest.DIRECT.keySet());
    }

    @Test
    void everyTestThatContributorsAreToldOfIsThere() throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            classes = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        assertThat(TEST.matcher(Documents.read(Path.of("CONTRIBUTING.md")) + Documents.read(ARCHITECTURE))
                        .results()
                        .map(test -> test.group(1)))
                .isNotEmpty()
                .allSatisfy(test -> assertThat(classes).contains(test));
    }
}
