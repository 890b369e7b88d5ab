package org.xfchat;

import java.util.Map;
import java.util.Optional;

/** What a process with these variables, and no {@code .env} file, says of them before it tries anything, in this JVM. */
public final class SettingsHere {
    private SettingsHere() {}

    /** The line that ends the start; empty where all are accepted. */
    public static Optional<String> refusal(Map<String, String> variables) {
        return Settings.problem(new Environment(name -> null, variables, Map.of())::value);
    }
}
