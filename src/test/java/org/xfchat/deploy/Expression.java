package org.xfchat.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which series a PromQL expression asks for. Whether it is PromQL at all is promtool's business. */
final class Expression {
    private static final String STRING = "\"(?:\\\\.|[^\"\\\\])*\"";
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:.])(" + NAME + ")?\\s*\\{((?:" + STRING + "|[^\"}])*)\\}");
    private static final Pattern MATCHER =
            Pattern.compile("(" + NAME + ")\\s*(=~|!~|!=|=)\\s*\"((?:\\\\.|[^\"\\\\])*)\"");

    /** What is between names of series: labels, ranges, strings. */
    private static final Pattern OTHER = Pattern.compile(STRING
            + "|\\[[^\\]]*\\]|\\boffset\\s+\\S+|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

    private static final Pattern BARE = Pattern.compile("(?<![\\w:.$])" + NAME + "(?![\\w:]*\\s*\\()");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right");

    /** Asks a label for a value, or several. */
    record Label(String name, String operator, String value) {
        boolean isPattern() {
            return operator.endsWith("~");
        }

        /** The values, where a pattern is no more than a list of them. */
        List<String> values() {
            return isPattern() ? List.of(value.split("\\|", -1)) : List.of(value);
        }
    }

    /** Series of a name, which is empty where a label names it. */
    record Selector(String name, List<Label> labels) {}

    private Expression() {}

    static List<Selector> selectors(String expression) {
        List<Selector> found = new ArrayList<>();
        Matcher selector = SELECTOR.matcher(expression);
        StringBuilder rest = new StringBuilder();
        while (selector.find()) {
            List<Label> labels = MATCHER.matcher(selector.group(2))
                    .results()
                    .map(label -> new Label(label.group(1), label.group(2), label.group(3)))
                    .toList();
            found.add(new Selector(selector.group(1) == null ? "" : selector.group(1), labels));
            selector.appendReplacement(rest, " ");
        }
        selector.appendTail(rest);
        BARE.matcher(OTHER.matcher(rest).replaceAll(" "))
                .results()
                .map(name -> name.group())
                .filter(name -> !WORDS.contains(name))
                .forEach(name -> found.add(new Selector(name, List.of())));
        return found;
    }
}
