package org.xfchat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** What a process with these variables, and no {@code .env} file, says of them before it tries anything, in this JVM. */
public final class SettingsHere {
    private SettingsHere() {}

    /** What such a process's configuration begins with. */
    public static List<ConfigSource> sources(Map<String, String> variables) {
        return List.of(
                new DefaultsSource(), new EnvironmentSource(() -> new Environment(name -> null, variables, Map.of())));
    }

    /** The line that ends the start; empty where all are accepted. */
    public static Optional<String> refusal(Map<String, String> variables) {
        return Settings.problem(new Environment(name -> null, variables, Map.of())::value);
    }
}
