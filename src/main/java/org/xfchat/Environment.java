package org.xfchat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The variables that the process was given, byte for byte: a system property counts before an environment variable, and both
 * before the {@code .env} file of the working directory.
 *
 * <p>The main method needs some of them before Quarkus runs. In a native binary the configuration that Quarkus offers until
 * then is the one that the image was built with, so they are read here, without it.
 */
final class Environment {
    private static final String FILE = ".env";

    /** What the kernel gave the process (proc(5)). */
    private static final String GIVEN = "/proc/self/environ";

    /** {@code NAME=value}, where {@code export} may stand before it, as shells, Docker Compose and the dotenv libraries read it. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?s)\\s*(?:export\\s+)?(?<name>[\\w.-]+)\\s*=\\s*(?<rest>.*)");

    private static final Pattern COMMENT = Pattern.compile("(?s)\\s*(?:#.*)?");

    /** Without quotes a number sign begins a comment only after white space: passwords contain it. */
    private static final Pattern TRAILING_COMMENT = Pattern.compile("(?s)(?:^|\\s)#.*");

    private static final Pattern ESCAPED = Pattern.compile("\\\\([nr\"\\\\$`])");

    /** The framework's own reader of the file, which reads the names that are not ours, cannot pass this. */
    private static final Pattern HALF_ESCAPE = Pattern.compile("\\\\u(?![0-9a-fA-F]{4})");

    /** The {@code .env} file cannot be read as one; the message says where, and never quotes a value. */
    static class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    private final UnaryOperator<@Nullable String> properties;
    private final Map<String, String> variables;
    private final Map<String, String> file;

    Environment(UnaryOperator<@Nullable String> properties, Map<String, String> variables, Map<String, String> file) {
        this.properties = properties;
        this.variables = variables;
        this.file = file;
    }

    /**
     * The process's own, as it is now.
     *
     * @throws MalformedException where the {@code .env} file is not one
     */
    static Environment ofProcess() {
        return new Environment(System::getProperty, variables(), read(Path.of(FILE)));
    }

    /** As UTF-8 whatever the process's locale says: Java decodes them by that, and what is no letter there would be lost. */
    private static Map<String, String> variables() {
        boolean isUtf8 = Charset.defaultCharset().equals(StandardCharsets.UTF_8)
                && "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding", "UTF-8"));
        if (isUtf8 || !Files.isReadable(Path.of(GIVEN))) {
            return System.getenv();
        }
        try {
            return given(Files.readAllBytes(Path.of(GIVEN)));
        } catch (IOException unreadable) {
            return System.getenv();
        }
    }

    /** Of the kernel's form: {@code NAME=value}, each with a zero byte after it. */
    static Map<String, String> given(byte[] bytes) {
        Map<String, String> variables = new HashMap<>();
        for (String one : new String(bytes, StandardCharsets.UTF_8).split("\0", -1)) {
            int equals = one.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(one.substring(0, equals), one.substring(equals + 1));
            }
        }
        return variables;
    }

    /** What was given under this name, empty where nothing was; the value may be empty or blank. */
    Optional<String> value(String name) {
        String property = properties.apply(name);
        if (property != null) {
            return Optional.of(property);
        }
        return Optional.ofNullable(variables.getOrDefault(name, file.get(name)));
    }

    private static Map<String, String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new MalformedException("the file .env cannot be read as UTF-8 text");
        }
    }

    /**
     * The assignments of a {@code .env} file; a later one replaces an earlier one. A value in single quotes is taken as it is; in
     * double quotes a backslash stands before what it protects ({@code \n} and {@code \r} are line ends); either may span
     * lines. Without quotes the value ends before a comment and has no white space around it. Nothing is expanded.
     *
     * @throws MalformedException for a line that is no assignment, a quote that is not closed, and half a Unicode escape
     */
    static Map<String, String> parse(String text) {
        Map<String, String> values = new HashMap<>();
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (int i = 0; i < lines.size(); i++) {
            String line = i == 0 ? lines.get(i).replaceFirst("^\uFEFF", "") : lines.get(i);
            if (HALF_ESCAPE.matcher(line).find()) {
                throw new MalformedException(
                        ".env, line " + (i + 1) + ": after a backslash and a u four hexadecimal digits are expected");
            }
            if (COMMENT.matcher(line).matches()) {
                continue;
            }
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (!assignment.matches()) {
                throw new MalformedException(".env, line " + (i + 1) + ": this is not NAME=value");
            }
            String rest = assignment.group("rest");
            char quote = rest.isEmpty() ? ' ' : rest.charAt(0);
            if (quote != '"' && quote != '\'') {
                values.put(
                        assignment.group("name"),
                        TRAILING_COMMENT.matcher(rest).replaceFirst("").strip());
                continue;
            }
            int first = i;
            int end = end(rest, quote);
            while (end < 0 && i + 1 < lines.size()) {
                i++;
                rest = rest + "\n" + lines.get(i);
                end = end(rest, quote);
            }
            if (end < 0 || !COMMENT.matcher(rest.substring(end + 1)).matches()) {
                throw new MalformedException(".env, line " + (first + 1) + ": "
                        + (end < 0 ? "the quote is not closed" : "something follows the closing quote"));
            }
            String quoted = rest.substring(1, end);
            values.put(assignment.group("name"), quote == '"' ? unescaped(quoted) : quoted);
        }
        return values;
    }

    /** Where the quote that a text begins with is closed; before 0 where it is not. */
    private static int end(String text, char quote) {
        int i = 1;
        while (i < text.length() && text.charAt(i) != quote) {
            boolean protects = quote == '"' && text.charAt(i) == '\\';
            i += protects ? 2 : 1;
        }
        return i < text.length() ? i : -1;
    }

    private static String unescaped(String quoted) {
        return ESCAPED.matcher(quoted)
                .replaceAll(escaped -> Matcher.quoteReplacement(
                        switch (escaped.group(1)) {
                            case "n" -> "\n";
                            case "r" -> "\r";
                            default -> escaped.group(1);
                        }));
    }
}
