package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.xfchat.deploy.AlertRules.Alert;
import org.xfchat.testing.OwnServer;

/** Every alert has a runbook, and what a runbook says to type works. */
class RunbooksTest {
    private static final Set<String> PROCEDURES = Set.of(
            "connections-exhausted.md",
            "message-loss-suspected.md",
            "migration-failed.md",
            "restore.md",
            "rollback.md",
            "server-wont-start.md");

    private static final List<String> PARTS =
            List.of("## Impact", "## Confirm", "## Do", "## Roll back or escalate", "## Do not");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private final Map<String, String> texts = Runbooks.texts();

    private String text(String name) {
        return texts.getOrDefault(name, "");
    }

    private static String kebab(String alert) {
        return alert.replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    @Test
    void thereIsOneForEveryAlertAndNoneForNothing() {
        Set<String> named =
                AlertRules.alerts().stream().map(Alert::runbook).collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = new TreeSet<>(texts.keySet());
        there.removeAll(PROCEDURES);
        there.remove("README.md");
        assertThat(there).isEqualTo(named);
        assertThat(texts).containsKeys(PROCEDURES.toArray(String[]::new));
    }

    @Test
    void anAlertsRunbookHasItsNameAndSaysHowUrgentItIs() {
        assertThat(AlertRules.alerts()).allSatisfy(alert -> {
            String text = text(alert.runbook());
            String title = text.lines().findFirst().orElse("");
            assertThat(title.substring(2).split(", ", -1)).contains(alert.name());
            if (title.contains(", ")) {
                assertThat(kebab(alert.name())).startsWith(alert.runbook().replace(".md", ""));
            } else {
                assertThat(alert.runbook()).isEqualTo(kebab(alert.name()) + ".md");
                assertThat(text).contains("\n\n" + (alert.severity().equals("page") ? "Page." : "Ticket."));
            }
            assertThat(text).contains(PARTS);
        });
    }

    @Test
    void theIndexNamesEveryOneAndEveryAlertWithItsSeverity() {
        String index = text("README.md");
        assertThat(PROCEDURES).allSatisfy(name -> assertThat(index).contains("[" + name + "](" + name + ")"));
        assertThat(AlertRules.alerts())
                .allSatisfy(alert -> assertThat(index)
                        .contains("| [" + alert.name() + "](" + alert.runbook() + ") | " + alert.severity() + " |"));
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(texts)
                .allSatisfy((name, text) -> assertThat(
                                LINK.matcher(text).results().map(link -> link.group(1)))
                        .allSatisfy(target ->
                                assertThat(Runbooks.FOLDER.resolve(target)).exists()));
    }

    /** Of the repository, named in commands. */
    @Test
    void everyFileThatTheyNameIsThere() {
        Pattern file = Pattern.compile("\\bdeploy/(?:backup|runbooks|sql)/[\\w-]+\\.\\w+");
        assertThat(texts)
                .allSatisfy(
                        (name, text) -> assertThat(file.matcher(text).results().map(MatchResult::group))
                                .allSatisfy(path -> assertThat(Path.of(path)).exists()));
    }

    @Test
    void everyQueryForPrometheusAsksForSomethingThatIsThere() throws IOException {
        KnownMetrics known = KnownMetrics.read();
        List<String> expressions = Runbooks.expressions();
        assertThat(expressions).isNotEmpty().flatExtracting(known::problems).isEmpty();
    }

    @Test
    void prometheusUnderstandsEveryQuery() throws IOException {
        Promtool.assume("promtool", "Prometheus");
        Promtool.parse(Runbooks.expressions());
    }

    /** And changes nothing: in a transaction that may not write. */
    @Test
    void everyStatementRunsOnTheSchema() throws SQLException {
        try (OwnServer server = OwnServer.start();
                Connection connection = server.connect(server.migratedDatabase());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            for (String text : texts.values()) {
                for (String sql : Runbooks.blocks(text, "sql")) {
                    assertThat(sql).endsWith(";");
                    assertThat(statement.execute(sql)).as(sql).isTrue();
                }
            }
            assertThat(Runbooks.blocks(text("message-loss-suspected.md"), "sql"))
                    .hasSizeGreaterThan(5);
        }
    }

    @Test
    void theShellUnderstandsEveryCommandAndTheTools() throws IOException {
        Promtool.assume("bash", "every system");
        Path tools = Runbooks.FOLDER.resolve("tools.sh");
        Promtool.run("bash", "-n", tools.toString());
        for (String text : texts.values()) {
            for (String commands : Runbooks.blocks(text, "sh")) {
                Promtool.run("bash", "-n", "-c", commands);
            }
        }
        assertThat(Promtool.run("bash", "-c", ". " + tools + "; XF_PRINT=1 XF_IMAGE=xfchat:0 xf rollback --dry-run"))
                .contains(
                        "        - \"rollback\"\n        - \"--dry-run\"\n",
                        "runAsNonRoot: true",
                        "readOnlyRootFilesystem: true");
        assertThat(Files.readString(tools)).doesNotContain("latest");
    }
}
