package org.xfchat.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Grafana's dashboards. */
final class Dashboards {
    private static final Path FOLDER = Path.of("deploy", "monitoring", "dashboards");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Dashboards() {}

    /** By name of the file. */
    static Map<String, JsonNode> all() {
        Map<String, JsonNode> dashboards = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                dashboards.put(file.getFileName().toString(), JSON.readTree(Files.readString(file)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return dashboards;
    }

    /** Also those of rows that are folded. */
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        AlertRules.each(dashboard.path("panels")).forEach(panel -> {
            panels.add(panel);
            AlertRules.each(panel.path("panels")).forEach(panels::add);
        });
        return panels;
    }

    /** What all panels, and the marks across them, ask for, as it stands there. */
    static List<String> expressions() {
        return all().values().stream()
                .flatMap(dashboard -> Stream.concat(
                        panels(dashboard).stream().flatMap(panel -> AlertRules.each(panel.path("targets"))),
                        AlertRules.each(dashboard.path("annotations").path("list"))))
                .filter(target -> target.has("expr"))
                .map(target -> target.path("expr").asText())
                .toList();
    }
}
