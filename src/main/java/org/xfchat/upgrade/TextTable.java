package org.xfchat.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Columns for people: words to the left, numbers to the right. */
public final class TextTable {
    private static final String NUMBER = "~?[\\d,.]+( .?B)?";

    private TextTable() {}

    /** Lines without a last line end; every row has as many cells as the header. */
    public static String render(List<String> header, List<List<String>> rows) {
        int[] widths = IntStream.range(0, header.size())
                .map(column -> Math.max(
                        header.get(column).length(),
                        rows.stream()
                                .mapToInt(row -> row.get(column).length())
                                .max()
                                .orElse(0)))
                .toArray();
        boolean[] numeric = new boolean[widths.length];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            numeric[column] = !rows.isEmpty()
                    && rows.stream().map(row -> row.get(at)).allMatch(cell -> cell.isEmpty() || cell.matches(NUMBER));
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(header, widths, numeric));
        lines.add(line(IntStream.of(widths).mapToObj("-"::repeat).toList(), widths, numeric));
        rows.forEach(row -> lines.add(line(row, widths, numeric)));
        return String.join("\n", lines);
    }

    /** {@code 1234567} as {@code 1,234,567}. */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String line(List<String> cells, int[] widths, boolean[] numeric) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append("  ").append(numeric[column] ? padding + cells.get(column) : cells.get(column) + padding);
        }
        return line.toString().stripTrailing();
    }
}
