package org.xfchat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.xfchat.bench.Results.Figure;
import org.xfchat.bench.Results.Point;
import org.xfchat.bench.Results.Run;

/** The results for people: a table and plots. What is written by hand is in another file, so that a run need not keep it. */
final class Report {
    private Report() {}

    static void write(Path folder, Map<String, Run> runs) {
        List<String> lines = new ArrayList<>(List.of(
                "# Results",
                "",
                "Written by `./mvnw -Pbench verify`; what they mean is in [README.md](README.md). Ratios compare within one run,",
                "on one machine, which also made the load.",
                ""));
        Map<String, List<Point>> plots = new TreeMap<>();
        runs.values()
                .forEach(run -> run.points()
                        .forEach(point -> plots.computeIfAbsent(point.plot(), name -> new ArrayList<>())
                                .add(point)));
        Plots.FORMS.forEach((name, form) -> {
            if (plots.containsKey(name)) {
                Plots.write(folder.resolve(name + ".svg"), form, plots.get(name));
                lines.addAll(List.of("![" + form.title() + "](" + name + ".svg)", ""));
            }
        });
        lines.addAll(List.of("| case | what | measured | beside | ratio | to reach |", "|---|---|--:|--:|--:|---|"));
        runs.forEach((name, run) -> run.figures().forEach(figure -> lines.add(row(name, figure))));
        lines.add("");
        lines.addAll(machines(runs));
        try {
            Files.write(folder.resolve("results.md"), lines);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String row(String name, Figure figure) {
        String beside = figure.against() == null
                ? ""
                : figure.against() + (figure.baseline() == null ? "" : ": " + number(figure.baseline()));
        return "| " + name + " | " + figure.what() + " | " + number(figure.value()) + " " + figure.unit() + " | "
                + beside
                + " | " + (figure.ratio() == null ? "" : "**" + number(figure.ratio()) + "**") + " | "
                + (figure.reach() == null ? "" : figure.reach()) + " |";
    }

    private static String number(double value) {
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static List<String> machines(Map<String, Run> runs) {
        Map<Map<String, String>, Set<String>> cases = new LinkedHashMap<>();
        runs.forEach((name, run) -> cases.computeIfAbsent(run.machine(), machine -> new LinkedHashSet<>())
                .add(name + " (" + run.commit() + ", " + run.at() + ")"));
        List<String> lines = new ArrayList<>(List.of("## Measured on", ""));
        cases.forEach((machine, names) -> lines.add("* "
                + machine.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining("; "))
                + ". Cases: " + String.join(", ", names) + "."));
        return lines;
    }
}
