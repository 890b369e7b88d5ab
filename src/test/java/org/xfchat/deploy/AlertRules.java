package org.xfchat.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules for Prometheus, and the unit tests that promtool runs on them. */
final class AlertRules {
    private static final Path RULES = Path.of("deploy", "components", "monitoring", "prometheus-rule.yaml");
    private static final Path TESTS = Path.of("deploy", "monitoring", "rules-test.yaml");
    private static final YAMLMapper YAML = new YAMLMapper();

    /** One that fires; {@code rule} is what stands in the file. */
    record Alert(String name, JsonNode rule) {
        String annotation(String key) {
            return rule.path("annotations").path(key).asText();
        }

        String severity() {
            return rule.path("labels").path("severity").asText();
        }

        /** The name of the file that says what to do. */
        String runbook() {
            return annotation("runbook").replaceFirst("^deploy/runbooks/", "");
        }
    }

    private AlertRules() {}

    private static JsonNode read(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The elements of an array. */
    static Stream<JsonNode> each(JsonNode array) {
        return array.valueStream();
    }

    private static List<JsonNode> rules() {
        return each(read(RULES).path("spec").path("groups"))
                .flatMap(group -> each(group.path("rules")))
                .toList();
    }

    static List<Alert> alerts() {
        return rules().stream()
                .filter(rule -> rule.has("alert"))
                .map(rule -> new Alert(rule.path("alert").asText(), rule))
                .toList();
    }

    /** The names of what the rules record. */
    static Set<String> records() {
        return rules().stream()
                .filter(rule -> rule.has("record"))
                .map(rule -> rule.path("record").asText())
                .collect(Collectors.toSet());
    }

    /** The expressions of all rules. */
    static List<String> expressions() {
        return rules().stream().map(rule -> rule.path("expr").asText()).toList();
    }

    /** The cases of promtool, each with its series and its looks at one alert. */
    static List<JsonNode> cases() {
        return each(read(TESTS).path("tests")).toList();
    }
}
