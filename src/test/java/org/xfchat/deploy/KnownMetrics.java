package org.xfchat.deploy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Prometheus may be asked for: what docs/metrics.md says that the service exposes, what the rules record, and a short list
 * of what others expose.
 */
final class KnownMetrics {
    /** A row of a table of docs/metrics.md: names, kind, tags. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`(?:xfchat|http)\\.[a-z.]+`(?:, `[a-z.]+`)*) \\| ([^|]+) \\| ([^|]*)\\|");

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern TAG = Pattern.compile("`(\\w+)` \\(([^)]*)\\)");
    private static final Pattern LIMIT = Pattern.compile("\\d+\\.\\d+|\\b\\d+\\b");

    /** What Prometheus adds to every series of a target. */
    private static final Set<String> TARGET = Set.of("job", "namespace", "pod", "instance");

    /** A native binary does not have them. */
    static final String ONLY_JVM = "the framework, in the service on a JVM";

    /** By whom it is exposed. None of them is ours: names of exporters change with their versions, look there. */
    static final Map<String, Set<String>> OTHERS = Map.of(
            "Prometheus",
            Set.of("up", "ALERTS"),
            "the framework, in the service",
            Set.of("process_uptime_seconds", "process_cpu_usage", "jvm_memory_used_bytes"),
            ONLY_JVM,
            Set.of("jvm_gc_pause_seconds_sum"),
            "kube-state-metrics",
            Set.of(
                    "kube_cronjob_created",
                    "kube_cronjob_status_last_successful_time",
                    "kube_deployment_spec_replicas",
                    "kube_deployment_status_replicas_available",
                    "kube_job_failed",
                    "kube_pod_container_resource_limits",
                    "kube_pod_container_status_restarts_total",
                    "kube_pod_container_status_waiting_reason"),
            "the kubelet and its cAdvisor",
            Set.of(
                    "container_memory_working_set_bytes",
                    "kubelet_volume_stats_available_bytes",
                    "kubelet_volume_stats_capacity_bytes"),
            "node_exporter",
            Set.of(
                    "node_cpu_seconds_total",
                    "node_disk_io_time_seconds_total",
                    "node_filesystem_avail_bytes",
                    "node_filesystem_size_bytes",
                    "node_load5",
                    "node_memory_MemAvailable_bytes",
                    "node_memory_MemTotal_bytes"),
            "postgres_exporter",
            Set.of(
                    "pg_replication_lag_seconds",
                    "pg_settings_max_connections",
                    "pg_settings_superuser_reserved_connections",
                    "pg_stat_activity_count",
                    "pg_stat_archiver_failed_count",
                    "pg_stat_database_blks_hit",
                    "pg_stat_database_blks_read",
                    "pg_stat_database_deadlocks",
                    "pg_stat_database_xact_commit",
                    "pg_up"),
            "CloudNativePG",
            Set.of(
                    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
                    "cnpg_backends_total",
                    "cnpg_collector_last_available_backup_timestamp",
                    "cnpg_collector_sync_replicas",
                    "cnpg_pg_replication_in_recovery",
                    "cnpg_pg_replication_lag",
                    "cnpg_pg_settings_setting",
                    "cnpg_pg_stat_archiver_failed_count",
                    "cnpg_pg_stat_database_blks_hit",
                    "cnpg_pg_stat_database_blks_read",
                    "cnpg_pg_stat_database_deadlocks",
                    "cnpg_pg_stat_database_xact_commit"));

    /** By series the values of each of its labels. */
    private final Map<String, Map<String, Set<String>>> exposed = new TreeMap<>();

    private final Set<String> recorded = AlertRules.records();
    private final Set<String> addresses = new TreeSet<>();

    private KnownMetrics() {}

    static KnownMetrics read() throws IOException {
        KnownMetrics known = new KnownMetrics();
        ROW.matcher(Files.readString(Path.of("docs", "metrics.md"))).results().forEach(known::add);
        new YAMLMapper()
                .readTree(Path.of("src", "main", "resources", "META-INF", "openapi.yaml")
                        .toFile())
                .path("paths")
                .fieldNames()
                .forEachRemaining(known.addresses::add);
        // Not in the document of the API.
        known.addresses.addAll(Set.of("/health", "/api/health"));
        return known;
    }

    private void add(MatchResult row) {
        String kind = row.group(2);
        Map<String, Set<String>> labels = new HashMap<>();
        TAG.matcher(row.group(3)).results().forEach(tag -> labels.put(tag.group(1), found(QUOTED, tag.group(2))));
        for (String meter : found(QUOTED, row.group(1))) {
            String name =
                    meter.replace('.', '_') + (kind.startsWith("timer") || kind.contains("seconds") ? "_seconds" : "");
            for (String suffix : suffixes(kind)) {
                Map<String, Set<String>> all = new HashMap<>(labels);
                if (suffix.equals("_bucket")) {
                    all.put(
                            "le",
                            LIMIT.matcher(kind)
                                    .results()
                                    .map(MatchResult::group)
                                    .collect(Collectors.toSet()));
                }
                exposed.put(name + suffix, all);
            }
        }
    }

    private static List<String> suffixes(String kind) {
        if (kind.startsWith("counter")) {
            return List.of("_total");
        }
        if (kind.startsWith("gauge")) {
            return List.of("");
        }
        List<String> suffixes = new ArrayList<>(List.of("_count", "_sum"));
        if (!kind.contains("only")) {
            suffixes.add("_max");
        }
        if (kind.contains("with histogram")) {
            suffixes.add("_bucket");
        }
        return suffixes;
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The series that the service exposes. */
    Set<String> exposed() {
        return exposed.keySet();
    }

    /** What an expression asks for in vain, a line each; Grafana's variables stand for anything. */
    List<String> problems(String expression) {
        return Expression.selectors(expression).stream()
                .flatMap(this::problems)
                .map(problem -> problem + ", in " + expression.strip())
                .toList();
    }

    private Stream<String> problems(Expression.Selector selector) {
        if (selector.name().isEmpty()) {
            return selector.labels().stream()
                    .filter(label -> label.name().equals("__name__"))
                    .flatMap(label -> named(label).filter(name -> !isKnown(name)))
                    .map(name -> "nobody exposes " + name);
        }
        if (!isKnown(selector.name())) {
            return Stream.of("nobody exposes " + selector.name());
        }
        Map<String, Set<String>> labels = exposed.get(selector.name());
        return labels == null
                ? Stream.empty()
                : selector.labels().stream().flatMap(label -> problems(label, selector.name(), labels));
    }

    private boolean isKnown(String name) {
        return exposed.containsKey(name)
                || recorded.contains(name)
                || OTHERS.values().stream().anyMatch(names -> names.contains(name));
    }

    /** The names that a label asks for: a list, or a pattern, which has to match something. */
    private Stream<String> named(Expression.Label label) {
        if (label.value().matches("[\\w:|]+")) {
            return label.values().stream();
        }
        Pattern pattern = Pattern.compile(label.value());
        return Stream.concat(exposed.keySet().stream(), recorded.stream()).anyMatch(pattern.asMatchPredicate())
                ? Stream.empty()
                : Stream.of(label.value());
    }

    private Stream<String> problems(Expression.Label label, String metric, Map<String, Set<String>> labels) {
        if (TARGET.contains(label.name()) || label.value().contains("$")) {
            return Stream.empty();
        }
        Set<String> known = labels.get(label.name());
        if (known == null) {
            return Stream.of(metric + " has no label " + label.name());
        }
        return label.values().stream()
                .map(value -> value.replace("[{]", "{").replace("[}]", "}"))
                .filter(value -> !isValue(label.name(), value, known))
                .map(value -> metric + " has no " + label.name() + " " + value);
    }

    private boolean isValue(String label, String value, Set<String> known) {
        return known.contains(value)
                || (label.equals("uri") && addresses.contains(value))
                || (label.equals("status") && value.matches("[1-5]\\d\\d|RESET"))
                || (label.equals("le") && value.equals("+Inf"));
    }
}
