package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** deploy/ACCEPTANCE.md, deploy/CHECKLIST.md and docs/security.md name only what there is, and leave nothing without an answer. */
class AcceptanceTest {
    private static final Path ACCEPTANCE = Path.of("deploy", "ACCEPTANCE.md");
    private static final Path CHECKLIST = Path.of("deploy", "CHECKLIST.md");
    private static final Path SECURITY = Path.of("docs", "security.md");
    private static final Path RULES = Path.of("deploy", "components", "monitoring", "prometheus-rule.yaml");

    /** In backticks: packages, a class, one that is nested, a method. */
    private static final Pattern TEST =
            Pattern.compile("`((?:[a-z]+\\.)*[A-Z]\\w*(?:Test|IT))(?:\\.([A-Z]\\w*))?(?:#(\\w+))?`");

    /** Names of test classes in Maven's own options, with its stars. */
    private static final Pattern SELECTED = Pattern.compile("-D(?:it\\.)?test='?([\\w*,]+)'?");

    private static final Pattern FILE = Pattern.compile(
            "(?<![\\w/.-])((?:deploy|docs|src|\\.github)/[\\w./-]*\\w|pom\\.xml|README\\.md|mvnw)(?![\\w/])");

    /** A Markdown link to a file, its anchor apart. */
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private static final Pattern ALERT = Pattern.compile("\\bXfchat[A-Z]\\w+");
    private static final Pattern DEFINED = Pattern.compile("(?m)^ *-? *alert: (\\w+)$");
    private static final Pattern COMMAND =
            Pattern.compile("`(\\./mvnw|deploy/[\\w/]+\\.sh|kubectl|psql|promtool)[^`]*`");
    private static final String OPEN = "**not proven here**: ";

    static Stream<Path> documents() {
        return Stream.of(ACCEPTANCE, CHECKLIST, SECURITY);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        pattern.matcher(text).results().map(result -> result.group(1)).forEach(found::add);
        return found;
    }

    private static List<Method> tests(Class<?> type) {
        return ReflectionSupport.findMethods(
                type, method -> AnnotationSupport.isAnnotated(method, Testable.class), HierarchyTraversalMode.TOP_DOWN);
    }

    private static boolean hasTests(Class<?> type) {
        return !tests(type).isEmpty()
                || Arrays.stream(type.getDeclaredClasses()).anyMatch(AcceptanceTest::hasTests);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyTestThatIsNamedIsThere(Path document) {
        List<MatchResult> named = TEST.matcher(read(document)).results().toList();
        for (MatchResult test : named) {
            String name = test.group(2) == null ? test.group(1) : test.group(1) + "$" + test.group(2);
            Class<?> type;
            try {
                type = Class.forName("org.xfchat." + name, false, AcceptanceTest.class.getClassLoader());
            } catch (ClassNotFoundException missing) {
                fail("%s names %s, which is not there", document, test.group());
                return;
            }
            assertThat(hasTests(type)).as("%s has a test", test.group()).isTrue();
            if (test.group(3) != null) {
                assertThat(tests(type))
                        .as(test.group())
                        .extracting(Method::getName)
                        .contains(test.group(3));
            }
        }
    }

    @Test
    void manyTestsAreNamed() {
        assertThat(TEST.matcher(read(ACCEPTANCE)).results().count()).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyTestThatIsToBeRunIsThere(Path document) throws IOException {
        List<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            classes = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .toList();
        }
        for (String list : all(SELECTED, read(document))) {
            for (String name : list.split(",", -1)) {
                if (!name.equals("NoSuch")) {
                    assertThat(classes)
                            .as("%s in %s", name, document)
                            .anyMatch(found -> found.matches(name.replace("*", ".*")));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyFileThatIsNamedIsThere(Path document) {
        String text = read(document);
        Set<String> missing = new TreeSet<>();
        all(FILE, text).stream().filter(file -> !Files.exists(Path.of(file))).forEach(missing::add);
        all(LINK, text).stream()
                .filter(link -> !Files.exists(document.resolveSibling(link)))
                .forEach(missing::add);
        assertThat(missing).as("named in %s and not there", document).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyScriptCanBeRun(Path document) {
        assertThat(all(Pattern.compile("(deploy/[\\w/-]+\\.sh)"), read(document)))
                .isNotEmpty()
                .filteredOn(script ->
                        Files.exists(Path.of(script)) && read(Path.of(script)).startsWith("#!"))
                .allMatch(script -> Files.isExecutable(Path.of(script)));
    }

    @Test
    void everyCriterionHasAProof() {
        List<String> rows = read(ACCEPTANCE)
                .lines()
                .filter(line ->
                        line.startsWith("| ") && !line.startsWith("| criterion") && !line.startsWith("| promise "))
                .filter(line -> !line.startsWith("| cause") && !line.startsWith("| risk"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(80).allSatisfy(row -> {
            String proof = row.substring(row.lastIndexOf('|', row.length() - 2) + 1);
            boolean proven = TEST.matcher(proof).find()
                    || COMMAND.matcher(proof).find()
                    || FILE.matcher(proof).find()
                    || proof.matches(".*]\\(#[\\w-]+\\).*");
            assertThat(proven || proof.matches(".*" + Pattern.quote(OPEN) + ".{20,} \\|"))
                    .as("what proves it")
                    .isTrue();
        });
    }

    /** A command with what is good about its answer, or a name and a date. */
    @Test
    void everyItemIsToBeAnsweredOrSigned() {
        List<String> items = Arrays.stream(read(CHECKLIST).split("(?m)^(?=- \\[ ] |#|\\S)", -1))
                .filter(item -> item.startsWith("- [ ] "))
                .toList();
        assertThat(items)
                .hasSizeGreaterThan(50)
                .allSatisfy(item -> assertThat((item.contains("`") && item.contains("Good: "))
                                || item.matches("(?s).*____.*date: ____.*"))
                        .as("a command and its good answer, or a blank")
                        .isTrue());
    }

    /** Where a heading is meant, it is there. */
    @ParameterizedTest
    @MethodSource("documents")
    void everyAnchorIsAHeading(Path document) {
        String text = read(document);
        List<String> headings = text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
                .toList();
        assertThat(headings).containsAll(all(Pattern.compile("]\\(#([\\w-]+)\\)"), text));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyAlertThatIsNamedIsThere(Path document) {
        Set<String> named = new TreeSet<>();
        ALERT.matcher(read(document)).results().map(MatchResult::group).forEach(named::add);
        if (!named.isEmpty()) {
            assertThat(all(DEFINED, read(RULES))).containsAll(named);
        }
    }
}
