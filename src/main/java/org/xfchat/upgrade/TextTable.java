package org.xfchat.upgrade;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for an operator's screen. */
final class TextTable {
    private TextTable() {}

    /** Lines, each with its line end; every row as wide as the header. */
    static String render(List<String> header, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>(rows);
        all.add(0, header);
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < header.size(); column++) {
                int index = column;
                int width = all.stream()
                        .mapToInt(each -> each.get(index).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
