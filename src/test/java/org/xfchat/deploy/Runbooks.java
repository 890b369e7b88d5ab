package org.xfchat.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to do when an alert fires. */
final class Runbooks {
    static final Path FOLDER = Path.of("deploy", "runbooks");

    private Runbooks() {}

    /** By name of the file. */
    static Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".md")).toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return texts;
    }

    /** What stands in blocks of a language, those in lists included. */
    static List<String> blocks(String text, String language) {
        return Pattern.compile("(?ms)^ *```" + language + "\\n(.*?)^ *```$")
                .matcher(text)
                .results()
                .map(block -> block.group(1).strip())
                .toList();
    }

    /** All PromQL. */
    static List<String> expressions() {
        return texts().values().stream()
                .flatMap(text -> blocks(text, "promql").stream())
                .toList();
    }
}
