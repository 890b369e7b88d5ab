package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.xfchat.deploy.AlertRules.Alert;

/** The alerts: what they ask for is there, they fire when they should, and not when they should not. */
class AlertRulesTest {
    /** Those that tell of single events, which are over when they are seen. */
    private static final Set<String> AT_ONCE = Set.of("XfchatInternalErrors", "XfchatStreamsFailing");

    @Test
    void everythingTheyAskForIsExposed() throws IOException {
        KnownMetrics known = KnownMetrics.read();
        assertThat(known.exposed())
                .contains(
                        "http_server_requests_seconds_bucket",
                        "xfchat_log_appended_total",
                        "xfchat_log_batch_size_sum",
                        "xfchat_start_seconds",
                        "xfchat_database_pool_max");
        assertThat(AlertRules.expressions())
                .isNotEmpty()
                .flatExtracting(known::problems)
                .isEmpty();
    }

    /** A case about a series that does not exist proves nothing. */
    @Test
    void theirCasesAreAboutWhatIsExposed() throws IOException {
        KnownMetrics known = KnownMetrics.read();
        assertThat(AlertRules.cases())
                .flatExtracting(test -> AlertRules.each(test.path("input_series"))
                        .flatMap(series -> known.problems(series.path("series").asText()).stream())
                        .toList())
                .isEmpty();
    }

    @Test
    void anUnknownNameLabelOrValueIsNoticed() throws IOException {
        KnownMetrics known = KnownMetrics.read();
        assertThat(
                        known.problems(
                                "sum by (namespace) (rate(xfchat_log_refused_total{job=\"xfchat\",code=~\"busy|unavailable\"}[5m]))"))
                .isEmpty();
        assertThat(List.of(
                        "rate(xfchat_log_appended[5m])",
                        "xfchat_log_refused_total{code=\"bussy\"}",
                        "xfchat_log_refused_total{code=~\"busy|bussy\"}",
                        "xfchat_log_refused_total{reason=\"busy\"}",
                        "http_server_requests_seconds_count{uri=\"/api/nothing\"}",
                        "xfchat_delivery_lag_seconds_bucket{le=\"0.15\"}",
                        "1 - node_memory_Available_bytes",
                        "xfchat:nothing:rate5m > 0",
                        "{__name__=~\"up|down\"}"))
                .allSatisfy(expression -> assertThat(known.problems(expression)).hasSize(1));
    }

    @Test
    void whatOthersExposeIsOnTheListOnlyIfItIsUsed() throws IOException {
        Set<String> used = new TreeSet<>();
        List<String> expressions = new ArrayList<>(AlertRules.expressions());
        expressions.addAll(Dashboards.expressions());
        expressions.addAll(Runbooks.expressions());
        for (String expression : expressions) {
            for (Expression.Selector selector : Expression.selectors(expression)) {
                used.add(selector.name());
                selector.labels().stream()
                        .filter(label -> label.name().equals("__name__"))
                        .forEach(label -> used.addAll(label.values()));
            }
        }
        assertThat(used)
                .containsAll(KnownMetrics.OTHERS.values().stream()
                        .flatMap(Set::stream)
                        .toList());
    }

    @Test
    void eachSaysHowUrgentItIsAndWhatIsTheMatter() {
        assertThat(AlertRules.alerts()).hasSizeGreaterThan(40).allSatisfy(alert -> {
            assertThat(alert.name()).matches("Xfchat([A-Z][a-z]+)+");
            assertThat(alert.severity()).isIn("page", "ticket");
            assertThat(alert.annotation("summary")).isNotBlank().doesNotContain("$value");
            assertThat(alert.annotation("runbook")).matches("deploy/runbooks/[a-z-]+\\.md");
            if (!alert.name().equals("XfchatAbsent")) {
                assertThat(alert.annotation("description")).contains("$value");
            }
            assertThat(alert.rule().has("for")).isEqualTo(!AT_ONCE.contains(alert.name()));
        });
        assertThat(AlertRules.alerts()).extracting(Alert::name).doesNotHaveDuplicates();
    }

    @Test
    void eachHasACaseInWhichItFiresAndOneInWhichItDoesNot() {
        Set<String> firing = new HashSet<>();
        Set<String> silent = new HashSet<>();
        for (JsonNode test : AlertRules.cases()) {
            AlertRules.each(test.path("alert_rule_test"))
                    .forEach(look -> (look.path("exp_alerts").isEmpty() ? silent : firing)
                            .add(look.path("alertname").asText()));
        }
        Set<String> alerts = AlertRules.alerts().stream().map(Alert::name).collect(Collectors.toSet());
        assertThat(firing).isEqualTo(alerts);
        assertThat(silent).isEqualTo(alerts);
    }

    @Test
    void prometheusAgreesWithEveryCase() {
        Promtool.assume("promtool", "Prometheus");
        Promtool.assume("sed", "every system");
        assertThat(Promtool.run("deploy/monitoring/test-rules.sh", "target/alerts"))
                .contains("Unit Testing")
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }
}
