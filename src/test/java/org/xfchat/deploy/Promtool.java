package org.xfchat.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** Prometheus' own opinion, where its promtool is installed. */
final class Promtool {
    private static final long MINUTES = 5;

    private Promtool() {}

    /** Skips a test where a program is not in {@code PATH}. */
    static void assume(String program, String comesWith) {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, program + " is not installed; it comes with " + comesWith);
    }

    /** Runs a program to its end, which has to be a good one; what it said. */
    static String run(String... command) {
        try {
            Path output = Files.createTempFile("promtool", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
                if (!ended) {
                    process.destroyForcibly();
                }
                String said = Files.readString(output, UTF_8);
                assertThat(ended).as(said).isTrue();
                assertThat(process.exitValue()).as(said).isZero();
                return said;
            } finally {
                Files.delete(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Parses expressions, by making a rule of each. */
    static void parse(Collection<String> expressions) throws IOException {
        StringBuilder rules = new StringBuilder("groups: [{name: parsed, rules: [\n");
        int number = 0;
        for (String expression : expressions) {
            number++;
            rules.append("{record: 'parsed:")
                    .append(number)
                    .append("', expr: '")
                    .append(expression.replace("'", "''").replace('\n', ' '))
                    .append("'},\n");
        }
        Path file = Files.createTempFile("expressions", ".yaml");
        try {
            Files.writeString(file, rules.append("]}]\n"));
            assertThat(run("promtool", "check", "rules", file.toString()))
                    .contains(expressions.size() + " rules found");
        } finally {
            Files.delete(file);
        }
    }
}
