package org.xfchat;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Hands the variables that {@link Settings} names to the configuration as they are: dollar signs and backslashes of a secret are
 * no expressions. One that is blank is as if it were not set.
 *
 * <p>It lists no property names: what a source lists at build time is recorded in the artefact, secrets included.
 */
public class EnvironmentSource implements ConfigSource {
    /** Before the framework's own sources of the same variables, which expand them: system properties have 400. */
    private static final int ORDINAL = 450;

    private static final Map<String, Settings> BY_NAME =
            Stream.of(Settings.values()).collect(Collectors.toUnmodifiableMap(Settings::name, setting -> setting));

    private final Supplier<Environment> process;

    /** Read once, when it is first asked for: what stands in a file is the same for as long as the process lives. */
    private volatile @Nullable Environment environment;

    /** Of this process. */
    public EnvironmentSource() {
        this(Environment::ofProcess);
    }

    EnvironmentSource(Supplier<Environment> process) {
        this.process = process;
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }

    @Override
    public String getName() {
        return "the environment";
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of();
    }

    @Override
    public @Nullable String getValue(String name) {
        Settings setting = BY_NAME.get(name);
        if (setting == null || environment().value(name).isEmpty()) {
            return null;
        }
        // Empty, and not null: after null the framework's own source would hand over the blanks.
        return setting.inEffect(environment()::value)
                .map(EnvironmentSource::escaped)
                .orElse("");
    }

    private Environment environment() {
        Environment known = environment;
        if (known == null) {
            known = process.get();
            environment = known;
        }
        return known;
    }

    /** So that the configuration's expressions leave it as it is. */
    private static String escaped(String value) {
        return value.replace("$", "\\$");
    }
}
