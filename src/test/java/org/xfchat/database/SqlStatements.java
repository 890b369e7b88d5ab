package org.xfchat.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Takes a script apart, as far as its rules need it: statements in lower case, single spaces, without comments. */
final class SqlStatements {
    private final String sql;
    private final List<String> statements = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private int at;

    private SqlStatements(String sql) {
        this.sql = sql;
    }

    /** The statements in their order. Of string literals only versions remain; bodies between dollars are kept as they are. */
    static List<String> of(String sql) {
        SqlStatements reader = new SqlStatements(sql);
        reader.read();
        return List.copyOf(reader.statements);
    }

    private void read() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (sql.startsWith("--", at)) {
                at = end("\n", at);
            } else if (sql.startsWith("/*", at)) {
                at = end("*/", at + 2);
                current.append(' ');
            } else if (c == '\'') {
                literal();
            } else if (c == '$' && sql.substring(at).matches("(?s)\\$\\w*\\$.*")) {
                String tag = sql.substring(at, sql.indexOf('$', at + 1) + 1);
                int until = end(tag, at + tag.length());
                // A script of its own, and its semicolons end nothing here.
                current.append("$$ ")
                        .append(String.join("; ", of(sql.substring(at + tag.length(), until - tag.length()))))
                        .append(" $$");
                at = until;
            } else if (c == ';') {
                statementEnds();
                at++;
            } else {
                current.append(c);
                at++;
            }
        }
        statementEnds();
    }

    private int end(String mark, int from) {
        int found = sql.indexOf(mark, from);
        return found < 0 ? sql.length() : found + mark.length();
    }

    private void literal() {
        int until = at + 1;
        while (until < sql.length() && (sql.charAt(until) != '\'' || sql.startsWith("''", until))) {
            until += sql.startsWith("''", until) ? 2 : 1;
        }
        String text = sql.substring(at + 1, Math.min(until, sql.length()));
        current.append('\'').append(text.matches("[0-9.]+(ms|s)?") ? text : "").append('\'');
        at = until + 1;
    }

    private void statementEnds() {
        String statement = current.toString().replaceAll("\\s+", " ").strip().toLowerCase(Locale.ROOT);
        if (!statement.isEmpty()) {
            statements.add(statement);
        }
        current.setLength(0);
    }
}
