package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/configuration.md names everything that somebody may need to turn, little enough to be read, with its true default. */
class SettingsDocTest {
    /** Variables and settings. */
    private static final int MOST = 35;

    /** What a setting that only tests turn says of itself. */
    private static final String MARK = "Not to be turned in production: it may go without notice.";

    /** Has no effect any more, and is no setting. */
    private static final String GONE = "DEV_AUTH_BYPASS";

    private static final Path CONFIGURATION = Path.of("docs", "configuration.md");
    private static final Path METRICS = Path.of("docs", "metrics.md");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([A-Z_]+|(?:xfchat|quarkus)\\.[a-z.-]+)` \\| ([^|]+) \\|");

    private static final Pattern METRIC_ROW = Pattern.compile("(?m)^\\| (`xfchat\\.[^|]+) \\|");
    private static final Pattern NAME = Pattern.compile(
            "(?<!org\\.)\\b(?:xfchat\\.[a-z]+|quarkus\\.(?:http|datasource|hibernate-orm|log|management|otel))\\.[a-z.-]*[a-z]\\b");

    /** As a test gives it to a process. The last ones are the deployment's own. */
    private static final Pattern SET = Pattern.compile("\"(XFCHAT_(?!APP_PASSWORD|OWNER_PASSWORD|IMAGE)[A-Z_]+)[\"=]");

    /** As {@code `DATABASE_ACQUIRE_TIMEOUT` (5 s)}. */
    private static final Pattern REPEATED = Pattern.compile("`([A-Z_]+)` \\((\\d+ ?[a-z]*)\\)");

    private static final Properties PROPERTIES = properties();

    private static Properties properties() {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src", "main", "resources", "application.properties"))) {
            properties.load(reader);
            return properties;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** By its name what a setting or variable is by default, as the document says. */
    private static Map<String, String> documented() {
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(Documents.read(CONFIGURATION)).results().forEach(row -> rows.put(row.group(1), row.group(2)));
        return rows;
    }

    /** A setting of a configuration interface. */
    private record Setting(String name, Method method) {
        static List<Setting> all() {
            List<Setting> all = new ArrayList<>();
            ArchitectureTest.SHIPPED.stream()
                    .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                    .forEach(type -> Stream.of(type.reflect().getDeclaredMethods())
                            .forEach(method -> all.add(new Setting(
                                    type.getAnnotationOfType(ConfigMapping.class)
                                                    .prefix() + "." + kebab(method.getName()),
                                    method))));
            return all;
        }

        private static String kebab(String name) {
            return Pattern.compile("[A-Z]")
                    .matcher(name)
                    .replaceAll(capital -> "-" + capital.group().toLowerCase(Locale.ROOT));
        }

        @Nullable
        String byDefault() {
            WithDefault written = method.getAnnotation(WithDefault.class);
            return written == null ? null : written.value();
        }

        /** Handed on from the environment. */
        boolean isVariables() {
            return PROPERTIES.getProperty(name, "").startsWith("${");
        }

        boolean isMarked() {
            String source = Documents.read(Path.of(
                    "src", "main", "java", method.getDeclaringClass().getName().replace('.', '/') + ".java"));
            String before = source.substring(0, source.indexOf(" " + method.getName() + "();"));
            String comment = before.substring(before.lastIndexOf("/**"));
            return comment.replaceAll("\\s+\\*?\\s*", " ").contains(MARK);
        }

        /** In how many ways it is known whose it is: one is right. */
        long kinds() {
            return Stream.of(isVariables(), documented().containsKey(name), isMarked())
                    .filter(is -> is)
                    .count();
        }
    }

    @Test
    void everySettingIsAVariablesOrDocumentedOrNobodysToTurn() {
        assertThat(Setting.all())
                .isNotEmpty()
                .allSatisfy(setting ->
                        assertThat(setting.kinds()).as(setting.name()).isEqualTo(1));
    }

    /** The service passes over a variable of which it knows nothing: the test would go on with another setting than it says. */
    @Test
    void whatTestsSetIsThere() throws IOException {
        Set<String> known = Setting.all().stream()
                .map(setting -> setting.name().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
                .collect(Collectors.toSet());
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .flatMap(file -> SET.matcher(Documents.read(file)).results())
                            .map(found -> found.group(1)))
                    .isNotEmpty()
                    .isSubsetOf(known);
        }
    }

    @Test
    void everyVariableIsDescribed() {
        assertThat(documented().keySet())
                .filteredOn(name -> !name.contains("."))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(Settings.values()).map(Settings::name), Stream.of(GONE))
                                .toList());
    }

    @Test
    void thereAreFewEnough() {
        assertThat(documented()).hasSizeLessThanOrEqualTo(MOST);
    }

    @Test
    void everyDefaultIsTheOneOfTheCode() {
        Map<String, String> settings = new LinkedHashMap<>();
        Setting.all().forEach(setting -> settings.put(setting.name(), setting.byDefault()));
        Map<String, String> documented = documented();
        documented.keySet().removeIf(name -> !name.contains("."));
        assertThat(documented).allSatisfy((name, written) -> {
            assertThat(settings.containsKey(name) || name.startsWith("quarkus."))
                    .as(name)
                    .isTrue();
            String byDefault = settings.containsKey(name) ? settings.get(name) : PROPERTIES.getProperty(name);
            assertThat(written).as(name).isEqualTo(byDefault == null ? "none" : byDefault);
        });
    }

    @Test
    void everyVariablesDefaultIsTheOneOfTheCode() {
        Map<String, String> documented = documented();
        int port = Integer.parseInt(byDefault(Settings.SERVER_PORT).orElseThrow());
        assertThat(documented.get(Settings.MANAGEMENT_PORT.name()))
                .isEqualTo("`SERVER_PORT` + 6000 (" + ManagementPort.beside(port) + ")");
        assertThat(documented.get(Settings.DATABASE_DIRECT_URL.name())).isEqualTo("`DATABASE_URL`");
        for (Settings variable : Settings.values()) {
            String written = documented.getOrDefault(variable.name(), "");
            if (!written.contains("`")) {
                assertThat(List.of("required", "none").contains(written) ? Optional.empty() : Optional.of(written))
                        .as(variable.name())
                        .isEqualTo(byDefault(variable));
            }
        }
    }

    /** Where the framework cannot do without. */
    @Test
    void noPropertyHasAnotherDefault() {
        for (Settings variable : Settings.values()) {
            Pattern handedOn = Pattern.compile("\\$\\{" + variable.name() + ":([^}]+)}");
            assertThat(PROPERTIES.stringPropertyNames().stream()
                            .filter(property -> !property.equals("quarkus.otel.exporter.otlp.endpoint"))
                            .filter(property -> variable != Settings.MANAGEMENT_PORT)
                            .flatMap(property -> handedOn.matcher(PROPERTIES.getProperty(property))
                                    .results())
                            .map(result -> result.group(1)))
                    .as(variable.name())
                    .allMatch(written ->
                            byDefault(variable).filter(written::equals).isPresent());
        }
    }

    private static Optional<String> byDefault(Settings variable) {
        return variable.inEffect(name -> Optional.empty());
    }

    /** Runbooks, manifests and all other documents. */
    @Test
    void nobodyIsToldOfAnotherSetting() throws IOException {
        Set<String> known = new TreeSet<>(documented().keySet());
        METRIC_ROW
                .matcher(Documents.read(METRICS))
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .forEach(metric -> known.add(metric.group()));
        known.add("xfchat.test.database-url");
        List<Path> told = new ArrayList<>(Documents.all());
        try (Stream<Path> deployed = Files.walk(Path.of("deploy"))) {
            deployed.filter(file -> file.toString().matches(".*\\.(yaml|conf|ini|sql|sh)"))
                    .forEach(told::add);
        }
        // What was once, and what is written into application.properties.
        told.removeAll(List.of(Path.of("CHANGELOG.md"), Path.of("CONTRIBUTING.md")));
        for (Path file : told) {
            assertThat(NAME.matcher(Documents.read(file)).results().map(name -> name.group()))
                    .as(file.toString())
                    .allMatch(known::contains);
        }
    }

    @Test
    void whereADefaultIsRepeatedItIsTheTrueOne() {
        Map<String, String> defaults = Stream.of(Settings.values())
                .collect(Collectors.toMap(
                        Settings::name, variable -> byDefault(variable).orElse("")));
        defaults.put(
                Settings.MANAGEMENT_PORT.name(),
                String.valueOf(ManagementPort.beside(
                        Integer.parseInt(byDefault(Settings.SERVER_PORT).orElseThrow()))));
        // Or the one that the manifests give it.
        String manifest = Documents.read(Path.of("deploy", "base", "kustomization.yaml"));
        for (Path document : Documents.all()) {
            REPEATED.matcher(Documents.read(document))
                    .results()
                    .filter(repeated -> defaults.containsKey(repeated.group(1)))
                    .filter(repeated -> !manifest.contains(
                            "- " + repeated.group(1) + "=" + repeated.group(2).replace(" ", "") + "\n"))
                    .forEach(repeated -> assertThat(repeated.group(2).replace(" ", ""))
                            .as(document + ": " + repeated.group(1))
                            .isEqualTo(defaults.get(repeated.group(1))));
        }
    }
}
