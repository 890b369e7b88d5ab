package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the images are built, as far as it can be seen without building them. */
class ContainerfilesTest {
    private static final Path FOLDER = Path.of("deploy", "container");

    /** Instructions, one per line, continued lines joined, without comments. */
    private static List<String> instructions(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name))
                .replaceAll("(?m)^#.*\\R", "")
                .replaceAll("\\\\\\R\\s*", " ");
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    private static List<String> lastStage(String name) throws IOException {
        List<String> stage = new ArrayList<>();
        for (String instruction : instructions(name)) {
            if (instruction.startsWith("FROM ")) {
                stage.clear();
            }
            stage.add(instruction);
        }
        return stage;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.native", "Containerfile.jvm"})
    void everyImageItBeginsWithHasAVersionAndADigest(String name) throws IOException {
        Set<String> stages = new HashSet<>();
        for (String instruction : instructions(name)) {
            if (instruction.startsWith("FROM ")) {
                String[] words = instruction.split(" ", -1);
                assertThat(stages.contains(words[1])
                                || words[1].matches("[a-z0-9./-]+:[\\w.-]*\\d[\\w.-]*@sha256:[0-9a-f]{64}"))
                        .as(instruction)
                        .isTrue();
                if (words.length == 4) {
                    stages.add(words[3]);
                }
            }
        }
    }

    /** Manifests, Compose and the smoke test give the command as arguments, whichever image it is. */
    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.native", "Containerfile.jvm"})
    void nobodyIsRootAndTheArgumentsAreTheCommand(String name) throws IOException {
        List<String> stage = lastStage(name);
        assertThat(stage).contains("USER 10001:10001", "WORKDIR /tmp", "ENV LOG_FORMAT=json", "EXPOSE 3000 9000");
        assertThat(stage.get(stage.size() - 1)).matches("ENTRYPOINT \\[\".+\"]");
        assertThat(stage).noneMatch(instruction -> instruction.startsWith("CMD") || instruction.startsWith("VOLUME"));
        assertThat(stage).noneMatch(instruction -> instruction.matches("(?i)(ENV|ARG) .*(secret|password|url).*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.native", "Containerfile.jvm"})
    void whatItCopiesFromTheCloneIsThere(String name) throws IOException {
        for (String instruction : instructions(name)) {
            if (instruction.startsWith("COPY ") && !instruction.contains("--from=")) {
                List<String> words = Arrays.asList(instruction.split(" ", -1));
                assertThat(words.subList(1, words.size() - 1)).allMatch(source -> Files.exists(Path.of(source)));
            }
        }
    }

    /** Another one, or other options, would not accept the cache. */
    @Test
    void theJvmOfTheImageIsTheOneThatWasTrained() throws IOException {
        assertThat(lastStage("Containerfile.jvm").get(0)).isEqualTo("FROM runtime");
        assertThat(instructions("Containerfile.jvm")).contains("FROM runtime AS training");
        assertThat(Files.readString(FOLDER.resolve("train.sh"))).contains("@\"$app/jvm.options\"");
        assertThat(lastStage("Containerfile.jvm")).anyMatch(line -> line.contains("@/app/jvm.options"));
    }

    /** Those that are meant to be: others are read by them. */
    @Test
    void scriptsCanBeRun() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("deploy"))) {
            for (Path script :
                    files.filter(file -> file.toString().endsWith(".sh")).toList()) {
                assertThat(Files.isExecutable(script))
                        .as(script.toString())
                        .isEqualTo(Files.readString(script).startsWith("#!"));
            }
        }
    }

    @Test
    void theContextHasTheCommitAndNoSecret() throws IOException {
        List<String> ignored = Files.readAllLines(Path.of(".dockerignore"));
        assertThat(ignored).contains("/target", "/.env", "/.xfchat").doesNotContain(".git", "/.git");
    }
}
