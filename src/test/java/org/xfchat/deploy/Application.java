package org.xfchat.deploy;

import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.xfchat.Settings;
import org.xfchat.testing.OpenApiDocument;

/** What the service itself says of its port, its variables and its addresses. */
final class Application {
    /** What it needs for an orderly end, beside SHUTDOWN_DELAY (docs/configuration.md, "When it stops"). */
    static final Duration END = Duration.ofSeconds(40);

    private static final Pattern MANAGEMENT_PORT = Pattern.compile("\\$\\{MANAGEMENT_PORT:(\\d+)}");

    private Application() {}

    static int port() {
        return Integer.parseInt(byDefault(Settings.SERVER_PORT));
    }

    /** Of metrics, probes and version. */
    static int managementPort() {
        return defaultOf("quarkus.management.port", MANAGEMENT_PORT);
    }

    /** Of a variable that has one. */
    static String byDefault(Settings variable) {
        return variable.inEffect(name -> Optional.empty()).orElseThrow();
    }

    private static int defaultOf(String property, Pattern pattern) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src", "main", "resources", "application.properties"))) {
            properties.load(reader);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Matcher port = pattern.matcher(properties.getProperty(property, ""));
        if (!port.matches()) {
            throw new AssertionError(property + " has no default: " + properties.get(property));
        }
        return Integer.parseInt(port.group(1));
    }

    /** The variables that it validates, and those of others that it passes on. */
    static Set<String> variables() {
        Set<String> names = new TreeSet<>(Set.of("LOG_FORMAT", "OTEL_EXPORTER_OTLP_ENDPOINT"));
        for (Settings setting : Settings.values()) {
            names.add(setting.name());
        }
        return names;
    }

    /** Whether the service would do anything with it. */
    static boolean knows(String variable) {
        return variables().contains(variable) || variable.startsWith("XFCHAT_");
    }

    static Duration duration(String value) {
        return DurationConverter.parseDuration(value);
    }

    /** The addresses that it answers at, as its own description, which other tests hold against the code, has them. */
    static Set<String> paths() {
        return OpenApiDocument.COMMITTED.operations().stream()
                .map(OpenApiDocument.Operation::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
