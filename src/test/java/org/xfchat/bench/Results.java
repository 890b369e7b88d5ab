package org.xfchat.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What was measured, case by case, kept in a JSON file in which a case that runs again replaces what it said before. */
final class Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9, 99.99, 100};

    /**
     * A figure.
     *
     * @param against what it is compared with in the same run; null for nothing
     * @param reach what it should be; null where nothing was promised
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Figure(
            String what,
            double value,
            String unit,
            @Nullable String against,
            @Nullable Double baseline,
            @Nullable Double ratio,
            @Nullable String reach) {}

    /** A point of a curve in a plot. */
    record Point(String plot, String curve, double x, double y) {}

    /** One case's run. */
    record Run(String at, String commit, Map<String, String> machine, List<Figure> figures, List<Point> points) {}

    private final Path file;
    private final Map<String, Run> runs = new TreeMap<>();
    private List<Figure> figures = new ArrayList<>();
    private List<Point> points = new ArrayList<>();

    Results(Path folder) {
        file = folder.resolve("results.json");
        try {
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                runs.putAll(JSON.readValue(
                        file.toFile(), JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, Run.class)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void figure(String what, double value, String unit) {
        figures.add(new Figure(what, round(value), unit, null, null, null, null));
    }

    void figure(String what, double value, String unit, String reach) {
        figures.add(new Figure(what, round(value), unit, null, null, null, reach));
    }

    /** A figure beside a baseline's, of the same unit; the baseline empty where it could not run. */
    void ratio(
            String what, double value, String unit, String against, OptionalDouble baseline, @Nullable String reach) {
        baseline.ifPresentOrElse(
                other -> figures.add(
                        new Figure(what, round(value), unit, against, round(other), round(value / other), reach)),
                () -> figures.add(
                        new Figure(what, round(value), unit, against + " (not installed)", null, null, reach)));
    }

    /** What a thousand successful answers took of a processor, by whom. */
    void cost(String what, Cost cost) {
        String unit = "s per 1,000";
        figure(what + ", processor of the service", cost.service(), unit);
        figure(what + ", processor of PostgreSQL", cost.postgres(), unit);
        figure(what + ", processor of the load", cost.load(), unit);
    }

    void point(String plot, String curve, double x, double y) {
        points.add(new Point(plot, curve, x, round(y)));
    }

    /** The usual percentiles of a latency, as figures in milliseconds and as a curve. */
    void latency(String what, Histogram micros, @Nullable String reach99) {
        for (double percentile : PERCENTILES) {
            double millis = micros.getValueAtPercentile(percentile) / 1_000.0;
            point("latency", what, percentile, millis);
            if (percentile == 50 || percentile == 99 || percentile == 99.9) {
                String name = what + ", p" + (percentile == 99.9 ? "99.9" : String.valueOf((int) percentile));
                figures.add(new Figure(name, round(millis), "ms", null, null, null, percentile == 99 ? reach99 : null));
            }
        }
    }

    private static double round(double value) {
        if (value == 0 || Double.isNaN(value)) {
            return 0;
        }
        return Double.parseDouble(String.format(Locale.ROOT, "%.3g", value));
    }

    /** Ends a case. */
    void save(String name) {
        runs.put(
                name,
                new Run(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        Machine.commit(),
                        Machine.describe(),
                        List.copyOf(figures),
                        List.copyOf(points)));
        figures = new ArrayList<>();
        points = new ArrayList<>();
        try {
            JSON.writeValue(file.toFile(), runs);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Map<String, Run> runs() {
        return runs;
    }
}
