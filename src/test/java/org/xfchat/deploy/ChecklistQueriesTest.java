package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PromQL of deploy/CHECKLIST.md is PromQL, and of figures that the alerts have too, which are known to be there. */
class ChecklistQueriesTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```promql\\n(.*?)^ *```$");
    private static final Pattern INLINE = Pattern.compile("promtool query instant \"\\$PROMETHEUS\" '([^'…]+)'");
    private static final Pattern METRIC = Pattern.compile("\\b(?:xfchat|http_server)_\\w+");

    @TempDir
    private Path folder;

    private static List<String> queries() throws IOException {
        String text = Files.readString(Path.of("deploy", "CHECKLIST.md"));
        return Stream.of(BLOCK, INLINE)
                .flatMap(pattern -> pattern.matcher(text).results())
                .map(found -> found.group(1).strip())
                .toList();
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("promtool", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    void areUnderstood() throws IOException, InterruptedException {
        assumeTrue(isInstalled(), "promtool is not installed; it comes with Prometheus");
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(10);
        StringBuilder rules = new StringBuilder("groups:\n  - name: checklist\n    rules:\n");
        IntStream.range(0, queries.size())
                .forEach(i -> rules.append("      - record: query:")
                        .append(i)
                        .append("\n        expr: |\n")
                        .append(queries.get(i).indent(10)));
        Path file = Files.writeString(folder.resolve("rules.yaml"), rules);
        Process promtool = new ProcessBuilder("promtool", "check", "rules", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(promtool.exitValue()).as(said).isZero();
    }

    @Test
    void areOfFiguresThatTheAlertsHaveToo() throws IOException {
        String rules = Files.readString(Path.of("deploy", "components", "monitoring", "prometheus-rule.yaml"));
        for (String query : queries()) {
            METRIC.matcher(query).results().forEach(metric -> assertThat(rules).contains(metric.group()));
        }
    }
}
