package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.xfchat.SettingsHere;
import org.xfchat.database.StartHere;
import org.xfchat.testing.Extent;
import org.xfchat.testing.Service;
import org.xfchat.testing.TestDatabase;

/**
 * A start that was refused.
 *
 * @param line the one line that says why, after {@code [STARTUP] failed:}
 */
record Refusal(String line) {
    /** A password or secret to use in tests; it never appears in any output. */
    static final String SECRET = "n0t-f0r-logs";

    private static final String FAILED = "[STARTUP] failed: ";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Why {@code serve} is refused, by its settings or what its database has: found out in this JVM in each build, by {@link
     * #ofProcess} where {@link Extent} is the whole. How a refusal ends a process does not depend on its line.
     */
    static Refusal of(Map<String, String> settings) {
        if (!Extent.isBrief()) {
            return ofProcess(settings);
        }
        long started = System.nanoTime();
        Optional<String> line = SettingsHere.refusal(settings).or(() -> StartHere.refusal(settings));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(LIMIT);
        assertThat(line).isPresent();
        assertThat(line.orElseThrow()).hasLineCount(1).doesNotContain(SECRET, TestDatabase.JWT_SECRET);
        return new Refusal(line.orElseThrow());
    }

    /** Starts the service, and fails the test unless the start is refused as every refused start must be. */
    static Refusal ofProcess(Map<String, String> settings, String... command) {
        try (Service service = Service.start(settings, command)) {
            int code = service.awaitExit();
            List<String> lines = service.lines();
            assertThat(code).as("exit code, after %s", lines).isEqualTo(1);
            assertThat(lines)
                    .as("nothing but the start sequence, no trace")
                    .allMatch(line -> line.contains("[STARTUP] "));
            assertThat(lines).noneMatch(line -> line.contains(SECRET) || line.contains(TestDatabase.JWT_SECRET));
            assertThat(lines).filteredOn(line -> line.contains(" failed: ")).hasSize(1);
            // The start of the JVM is the machine's affair; what follows is the service's.
            assertThat(service.between("[STARTUP] configuration valid", FAILED)).isLessThan(LIMIT);
            String last = lines.get(lines.size() - 1);
            assertThat(last).startsWith(FAILED);
            return new Refusal(last.substring(FAILED.length()));
        }
    }
}
