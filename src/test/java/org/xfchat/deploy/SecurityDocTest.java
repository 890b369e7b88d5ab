package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md names only what there is, and answers each item once; its tests and files are {@link AcceptanceTest}'s. */
class SecurityDocTest {
    private static final Path DOCUMENT = Path.of("docs", "security.md");
    private static final int MOST_LINES = 300;
    private static final int FEWEST_ITEMS = 100;

    private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+[A-Z]\\w*)(?:\\.[A-Z]\\w*)?(?:#\\w+)?`");
    private static final Pattern SETTING = Pattern.compile("`((?:quarkus|xfchat)\\.[a-z.-]+)`");
    private static final Pattern VARIABLE = Pattern.compile("`([A-Z]+_[A-Z_]+)`");
    private static final Pattern ITEM = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)(?: to (\\d+)\\.(\\d+)\\.(\\d+))?");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static Set<String> named(Pattern pattern) {
        Set<String> found = new TreeSet<>();
        pattern.matcher(read(DOCUMENT)).results().map(result -> result.group(1)).forEach(found::add);
        assertThat(found).isNotEmpty();
        return found;
    }

    private static String sources() {
        try (Stream<Path> files = Files.walk(Path.of("src", "main"))) {
            return String.join(
                    "\n",
                    files.filter(file -> file.toString().matches(".*\\.(java|properties)"))
                            .map(SecurityDocTest::read)
                            .toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String> rows() {
        return read(DOCUMENT)
                .lines()
                .filter(line -> line.matches("\\| \\d.*"))
                .filter(line -> ITEM.matcher(line).find() && line.matches("\\| \\d+\\.\\d+\\.\\d+.*"))
                .toList();
    }

    @Test
    void everyClassIsThere() {
        assertThat(named(CLASS))
                .allSatisfy(name -> assertThat(Class.forName(
                                "org.xfchat." + name, false, getClass().getClassLoader()))
                        .isNotNull());
    }

    /** Of the service's own by its interface, of the framework by what is set. */
    @Test
    void everySettingIsThere() {
        String sources = sources();
        String configuration = read(Path.of("docs", "configuration.md"));
        assertThat(named(SETTING)).allSatisfy(setting -> {
            String last = setting.substring(setting.lastIndexOf('.') + 1);
            String method = Pattern.compile("-(.)")
                    .matcher(last)
                    .replaceAll(part -> part.group(1).toUpperCase(java.util.Locale.ROOT));
            assertThat(sources.contains(setting)
                            || configuration.contains(setting)
                            || sources.contains(" " + method + "();"))
                    .as(setting)
                    .isTrue();
        });
        assertThat(named(VARIABLE))
                .allSatisfy(variable -> assertThat(
                                sources + configuration + read(Path.of(".github", "workflows", "audit.yaml")))
                        .contains(variable));
    }

    /** Every row says how and proves it, or says that it is left; no item stands in two. */
    @Test
    void everyItemIsAnsweredOnce() {
        List<String> items = new ArrayList<>();
        for (String row : rows()) {
            String[] cells = row.split("(?<!\\\\)\\|", -1);
            assertThat(cells).as(row).hasSize(6);
            String proof = cells[4];
            assertThat(proof.contains("`")
                            || proof.contains("review")
                            || proof.contains("**left**")
                            || proof.contains("TODO-LIMITS"))
                    .as(row)
                    .isTrue();
            assertThat(cells[3]).as(row).isNotBlank();
            for (MatchResult item : ITEM.matcher(cells[1]).results().toList()) {
                int first = Integer.parseInt(item.group(3));
                int last = item.group(6) == null ? first : Integer.parseInt(item.group(6));
                for (int i = first; i <= last; i++) {
                    items.add(item.group(1) + "." + item.group(2) + "." + i);
                }
            }
        }
        assertThat(items).hasSizeGreaterThan(FEWEST_ITEMS).doesNotHaveDuplicates();
    }

    @Test
    void isShortEnoughToBeRead() {
        assertThat(read(DOCUMENT).lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
    }
}
