package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xfchat.testing.TestDatabase;

/** What README.md, docs/clients.md and docs/streams.md say to type works, prints what they say, and works once more. */
@QuarkusTest
@Tag("documents")
@QuarkusTestResource(TestDatabase.class)
class WalkThroughTest {
    private static final long LIMIT_SECONDS = 600;
    private static final int MOST_PATIENCE = 16;
    private static final String URL = "http://localhost:3000";
    private static final String MARK = "=== ";

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|text)\\n(.*?)^```$");

    private static final Pattern PAUSE = Pattern.compile("\\b((?:sleep|timeout) )(\\d+)");

    /** What is typed, and what of its output is shown; empty where nothing is. */
    private record Step(String typed, List<String> shown) {}

    /** All but what builds and starts the service. */
    private static List<Step> steps(String... documents) {
        List<Step> steps = new ArrayList<>();
        for (String document : documents) {
            for (MatchResult block :
                    BLOCK.matcher(Documents.read(Path.of(document))).results().toList()) {
                if (block.group(2).contains("./mvnw")) {
                    continue;
                }
                if (block.group(1).equals("sh")) {
                    steps.add(new Step(block.group(2), new ArrayList<>()));
                } else {
                    steps.get(steps.size() - 1)
                            .shown()
                            .addAll(block.group(2).lines().toList());
                }
            }
        }
        return steps;
    }

    /** A part of a line, in which three dots as one character stand for anything. */
    private static Pattern pattern(String shown) {
        return Pattern.compile(String.join(
                ".*", Arrays.stream(shown.split("…", -1)).map(Pattern::quote).toList()));
    }

    private static boolean isInstalled(String program) {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /**
     * By step its output.
     *
     * @param patience how many times as long as they say the commands wait
     */
    private static List<String> run(List<Step> steps, Path folder, int patience)
            throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder();
        for (Step step : steps) {
            script.append("echo; echo '").append(MARK).append("'\n").append(step.typed());
        }
        String typed = PAUSE.matcher(script)
                .replaceAll(pause -> pause.group(1) + Integer.parseInt(pause.group(2)) * patience)
                .replace(URL, "http://localhost:" + RestAssured.port);
        Path output = folder.resolve("output");
        Process shell = new ProcessBuilder("sh", "-c", typed)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output, StandardCharsets.UTF_8).replace("\r", "");
        List<String> printed =
                Stream.of(text.split("(?m)^" + MARK + "$", -1)).skip(1).toList();
        assertThat(printed).hasSameSizeAs(steps);
        return printed;
    }

    /** What is shown and was not printed. Two streams that write at once may share a line. */
    private static List<String> missing(List<Step> steps, List<String> printed) {
        List<String> missing = new ArrayList<>();
        for (int step = 0; step < steps.size(); step++) {
            for (String shown : steps.get(step).shown()) {
                if (!pattern(shown).matcher(printed.get(step)).find()) {
                    missing.add(shown + " in " + printed.get(step));
                }
            }
        }
        return missing;
    }

    /** Twice, each time with more patience where the machine was too slow for the pauses in the documents. */
    private static void walk(List<Step> steps, Path folder) throws IOException, InterruptedException {
        assumeTrue(isInstalled("curl") && isInstalled("timeout"), "curl and timeout are not installed");
        for (int i = 0; i < 2; i++) {
            List<String> missing = List.of("everything");
            for (int patience = 1; !missing.isEmpty() && patience <= MOST_PATIENCE; patience *= 4) {
                missing = missing(steps, run(steps, folder, patience));
            }
            assertThat(missing).isEmpty();
        }
    }

    @Test
    void theFirstMessage(@TempDir Path folder) throws IOException, InterruptedException {
        List<Step> steps = steps("README.md");
        assertThat(steps)
                .singleElement()
                .satisfies(step -> assertThat(step.shown()).isNotEmpty());
        walk(steps, folder);
    }

    @Test
    void clientsAndStreams(@TempDir Path folder) throws IOException, InterruptedException {
        List<Step> steps = steps("docs/clients.md", "docs/streams.md");
        assertThat(steps).hasSizeGreaterThan(8);
        assertThat(steps).filteredOn(step -> !step.shown().isEmpty()).hasSizeGreaterThan(7);
        walk(steps, folder);
    }
}
