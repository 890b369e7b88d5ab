package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.xfchat.deploy.AlertRules.Alert;

/** The dashboards can be imported, show something, and ask for what is there. */
class DashboardsTest {
    private static final int WIDTH = 24;

    /** A database that is down has no number in its alert but 0. */
    private static final Set<String> UNALERTED = Set.of("database.json: Database");

    private final Map<String, JsonNode> dashboards = Dashboards.all();

    private static List<String> texts(JsonNode array, String field) {
        return AlertRules.each(array).map(each -> each.path(field).asText()).toList();
    }

    @Test
    void thereAreFourWithVariablesForWhereAndWhat() {
        assertThat(dashboards)
                .containsOnlyKeys("database.json", "first-24-hours.json", "service.json", "streams.json")
                .allSatisfy((file, dashboard) -> {
                    assertThat(dashboard.path("uid").asText()).isEqualTo("xfchat-" + file.replace(".json", ""));
                    assertThat(dashboard.path("title").asText()).startsWith("XFChat: ");
                    assertThat(dashboard.path("schemaVersion").asInt()).isBetween(36, 41);
                    assertThat(dashboard.path("id").isNull()).isTrue();
                    assertThat(texts(dashboard.path("templating").path("list"), "name"))
                            .containsExactly("datasource", "namespace", "job");
                });
    }

    @Test
    void panelsHaveTheirOwnNumbersAndTheirOwnPlaces() {
        assertThat(dashboards).allSatisfy((file, dashboard) -> {
            List<JsonNode> panels = Dashboards.panels(dashboard);
            assertThat(panels)
                    .hasSizeGreaterThan(8)
                    .extracting(panel -> panel.path("id").asInt())
                    .doesNotHaveDuplicates();
            Set<List<Integer>> taken = new HashSet<>();
            for (JsonNode panel : panels) {
                JsonNode place = panel.path("gridPos");
                assertThat(place.path("w").asInt()).isPositive();
                assertThat(place.path("h").asInt()).isPositive();
                assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(WIDTH);
                for (int x = 0; x < place.path("w").asInt(); x++) {
                    for (int y = 0; y < place.path("h").asInt(); y++) {
                        assertThat(taken.add(List.of(
                                        place.path("x").asInt() + x,
                                        place.path("y").asInt() + y)))
                                .as(
                                        "%s lies on another panel",
                                        panel.path("title").asText())
                                .isTrue();
                    }
                }
            }
        });
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        assertThat(dashboards)
                .allSatisfy((file, dashboard) -> assertThat(Dashboards.panels(dashboard))
                        .allSatisfy(panel -> {
                            assertThat(panel.path("type").asText()).isIn("timeseries", "stat", "table", "text", "row");
                            if (panel.path("type").asText().equals("text")) {
                                assertThat(panel.path("options").path("content").asText())
                                        .isNotBlank();
                            } else if (!panel.path("type").asText().equals("row")) {
                                assertThat(panel.path("title").asText()).isNotBlank();
                                assertThat(panel.path("description").asText()).isNotBlank();
                                assertThat(panel.path("fieldConfig")
                                                .path("defaults")
                                                .path("unit")
                                                .asText())
                                        .isNotBlank();
                                assertThat(panel.path("datasource").path("uid").asText())
                                        .isEqualTo("${datasource}");
                                assertThat(texts(panel.path("targets"), "expr"))
                                        .isNotEmpty()
                                        .doesNotContain("");
                                assertThat(texts(panel.path("targets"), "refId"))
                                        .doesNotHaveDuplicates();
                            }
                        }));
    }

    /** A line that is drawn elsewhere than where the alert fires misleads. */
    @Test
    void thresholdsAreThoseOfTheAlertsThatTheyName() {
        Map<String, String> rules = AlertRules.alerts().stream()
                .collect(Collectors.toMap(
                        Alert::name, alert -> alert.rule().path("expr").asText()));
        Pattern named = Pattern.compile("Alert: (Xfchat\\w+)\\.");
        Set<String> drawn = new TreeSet<>();
        assertThat(dashboards)
                .allSatisfy((file, dashboard) -> Dashboards.panels(dashboard).forEach(panel -> {
                    String title = file + ": " + panel.path("title").asText();
                    Matcher alert = named.matcher(panel.path("description").asText());
                    if (alert.find()) {
                        assertThat(rules).as(title).containsKey(alert.group(1));
                    }
                    JsonNode steps = panel.path("fieldConfig")
                            .path("defaults")
                            .path("thresholds")
                            .path("steps");
                    if (steps.size() > 1 && !UNALERTED.contains(title)) {
                        String rule = rules.getOrDefault(alert.group(1), "").replace("26 * 3600", "93600");
                        String limit = steps.path(1).path("value").asText().replaceFirst("\\.0$", "");
                        assertThat(rule).as(title).containsPattern("(?<![\\d.])" + Pattern.quote(limit) + "(?![\\d.])");
                        drawn.add(alert.group(1));
                    }
                }));
        assertThat(drawn).hasSizeGreaterThan(20);
    }

    @Test
    void theyAskForWhatIsThereInTheChosenNamespace() throws IOException {
        KnownMetrics known = KnownMetrics.read();
        assertThat(Dashboards.expressions())
                .isNotEmpty()
                .flatExtracting(known::problems)
                .isEmpty();
        assertThat(Dashboards.expressions())
                .allSatisfy(expression -> assertThat(Expression.selectors(expression))
                        .filteredOn(selector -> !selector.name().startsWith("node_"))
                        .allSatisfy(selector -> assertThat(selector.labels())
                                .anyMatch(label -> label.name().equals("namespace"))));
    }

    /** The native image is the default. */
    @Test
    void whatOnlyTheJvmImageHasIsNotMissedWithoutAWord() throws IOException {
        Set<String> onlyJvm = KnownMetrics.OTHERS.getOrDefault(KnownMetrics.ONLY_JVM, Set.of());
        assertThat(Files.readString(Path.of("docs", "metrics.md")))
                .contains(onlyJvm.stream()
                        .map(name -> "`" + name.replaceFirst("_seconds_\\w+$", "") + "`")
                        .toList());
        assertThat(dashboards.values())
                .flatExtracting(Dashboards::panels)
                .filteredOn(panel -> texts(panel.path("targets"), "expr").stream()
                        .anyMatch(expression -> onlyJvm.stream().anyMatch(expression::contains)))
                .hasSize(1)
                .allSatisfy(panel -> {
                    assertThat(panel.path("description").asText()).contains("Needs the JVM image");
                    assertThat(panel.path("fieldConfig")
                                    .path("defaults")
                                    .path("noValue")
                                    .asText())
                            .contains("JVM image");
                });
        assertThat(AlertRules.alerts())
                .extracting(alert -> alert.rule().path("expr").asText())
                .noneMatch(expression -> onlyJvm.stream().anyMatch(expression::contains));
    }

    @Test
    void prometheusUnderstandsWhatTheyAskFor() throws IOException {
        Promtool.assume("promtool", "Prometheus");
        Promtool.parse(Dashboards.expressions().stream()
                .map(expression -> expression
                        .replace("$__rate_interval", "5m")
                        .replace("$__range_s", "86400")
                        .replace("$__range", "1d")
                        .replace("$namespace", "xfchat")
                        .replace("$job", "xfchat"))
                .toList());
    }
}
