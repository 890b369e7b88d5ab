package org.xfchat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The repository's documents in Markdown, as GitHub reads them. */
final class Documents {
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");

    private Documents() {}

    /** Those that people read: at the top, in docs and deploy, and the rules of migrations. */
    static List<Path> all() {
        List<Path> found = new ArrayList<>();
        collect(found, Path.of(""), 1);
        collect(found, Path.of("docs"), Integer.MAX_VALUE);
        collect(found, Path.of("deploy"), Integer.MAX_VALUE);
        collect(found, Path.of("src", "main", "resources", "db", "migration"), 1);
        return found;
    }

    private static void collect(List<Path> found, Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(found::add);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /** The text without what is code. */
    static String prose(Path file) {
        return INLINE_CODE.matcher(withoutBlocks(file)).replaceAll("``");
    }

    private static String withoutBlocks(Path file) {
        return FENCED.matcher(read(file)).replaceAll("");
    }

    /** The texts of the headings, in their order. */
    static List<String> headings(Path file) {
        return HEADING.matcher(withoutBlocks(file))
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }

    /** What a link may have behind the number sign. */
    static Set<String> anchors(Path file) {
        Set<String> anchors = new HashSet<>();
        for (String heading : headings(file)) {
            String text = heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
            anchors.add(text.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }
}
