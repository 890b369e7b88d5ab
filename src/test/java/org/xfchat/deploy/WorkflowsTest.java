package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The workflows of .github are of the known form, may do little, take a limited time, and call only what is there. */
class WorkflowsTest {
    private static final Path FOLDER = Path.of(".github", "workflows");

    private static final ObjectMapper YAML = JsonMapper.builder(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Pattern PINNED = Pattern.compile("[\\w.-]+/[\\w./-]+@[0-9a-f]{40}");
    private static final Pattern IMAGE = Pattern.compile("[\\w./-]+:\\d+\\.\\d+[\\w.-]*@sha256:[0-9a-f]{64}");
    private static final Pattern FILE =
            Pattern.compile("(?<![\\w/.-])((?:\\./)?(?:deploy|src|docs)/[\\w./-]*\\w|\\./mvnw)(?![\\w./-]*\\$)");

    /** What a workflow may have, of all that there is. */
    record Workflow(
            String name,
            Triggers on,
            Map<String, String> permissions,
            Concurrency concurrency,
            Map<String, Job> jobs) {}

    record Triggers(
            @Nullable Push push,
            @JsonProperty("pull_request") @Nullable Push pullRequest,
            @Nullable List<Schedule> schedule,
            @JsonProperty("workflow_dispatch") @Nullable Map<String, String> workflowDispatch) {}

    record Push(@Nullable List<String> branches, @Nullable List<String> tags) {}

    record Schedule(String cron) {}

    record Concurrency(
            String group,
            @JsonProperty("cancel-in-progress") String cancelInProgress) {}

    record Job(
            @Nullable String name,
            @JsonProperty("runs-on") String runsOn,
            @JsonProperty("timeout-minutes") int timeoutMinutes,
            @Nullable Map<String, String> permissions,
            @Nullable Strategy strategy,
            @Nullable Map<String, ServiceContainer> services,
            List<Step> steps) {}

    record Strategy(@JsonProperty("fail-fast") boolean failFast, Matrix matrix) {}

    record Matrix(List<Map<String, String>> include) {}

    record ServiceContainer(String image, Map<String, String> env, List<String> ports, String options) {}

    record Step(
            @Nullable String name,
            @Nullable String id,
            @JsonProperty("if") @Nullable String condition,
            @Nullable String uses,
            @Nullable Map<String, String> with,
            @Nullable Map<String, String> env,
            @Nullable String run) {}

    record Dependabot(int version, List<Update> updates) {}

    record Update(
            @JsonProperty("package-ecosystem") String packageEcosystem,
            String directory,
            Map<String, String> schedule,
            @Nullable Map<String, Map<String, List<String>>> groups,
            @Nullable List<Ignored> ignore) {}

    record Ignored(
            @JsonProperty("dependency-name") String dependencyName,
            @JsonProperty("update-types") List<String> updateTypes) {}

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    private static Workflow read(Path file) {
        try {
            return YAML.readValue(Files.readString(file), Workflow.class);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static Stream<Step> steps(Workflow workflow) {
        return workflow.jobs().values().stream().flatMap(job -> job.steps().stream());
    }

    private static List<String> scripts(Workflow workflow) {
        return steps(workflow).map(Step::run).filter(Objects::nonNull).toList();
    }

    @Test
    void areThese() throws IOException {
        assertThat(files().map(file -> file.getFileName().toString()))
                .containsExactly("audit.yaml", "ci.yaml", "image.yaml", "native.yaml", "nightly.yaml");
    }

    @ParameterizedTest
    @MethodSource("files")
    void mayDoLittle(Path file) {
        Workflow workflow = read(file);
        assertThat(workflow.permissions()).isEqualTo(Map.of("contents", "read"));
        assertThat(workflow.jobs().values()).allSatisfy(job -> {
            if (job.permissions() != null) {
                assertThat(job.permissions()).isEqualTo(Map.of("contents", "read", "packages", "write"));
                assertThat(workflow.on().pullRequest()).isNull();
            }
        });
        assertThat(steps(workflow))
                .filteredOn(step -> step.uses() != null && step.uses().startsWith("actions/checkout@"))
                .isNotEmpty()
                .allSatisfy(step -> assertThat(step.with()).containsEntry("persist-credentials", "false"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void takeALimitedTimeOnAKnownMachine(Path file) {
        Workflow workflow = read(file);
        assertThat(workflow.concurrency().group()).contains("github.ref");
        assertThat(workflow.jobs()).isNotEmpty().allSatisfy((name, job) -> {
            assertThat(job.timeoutMinutes()).as(name).isBetween(1, 120);
            assertThat(job.runsOn()).as(name).matches("ubuntu-\\d\\d\\.\\d\\d");
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void takeNothingOfAVersionThatMoves(Path file) throws IOException {
        Workflow workflow = read(file);
        assertThat(Files.readString(file)).doesNotContainIgnoringCase("latest", "@main", "@master");
        assertThat(steps(workflow).map(Step::uses).filter(Objects::nonNull))
                .allMatch(uses -> PINNED.matcher(uses).matches());
        assertThat(workflow.jobs().values().stream()
                        .map(Job::services)
                        .filter(Objects::nonNull)
                        .flatMap(services -> services.values().stream())
                        .map(ServiceContainer::image))
                .allMatch(image -> IMAGE.matcher(image).matches());
    }

    /** An expression is put into a script as it comes, whoever wrote it: what a script needs comes in its environment. */
    @ParameterizedTest
    @MethodSource("files")
    void putNothingIntoScripts(Path file) {
        assertThat(scripts(read(file))).isNotEmpty().noneMatch(script -> script.contains("${{"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void areOfStepsThatDoOneThing(Path file) {
        assertThat(steps(read(file))).allMatch(step -> (step.run() == null) != (step.uses() == null));
    }

    @ParameterizedTest
    @MethodSource("files")
    void callOnlyWhatIsThere(Path file) throws IOException {
        for (String script : scripts(read(file))) {
            FILE.matcher(script)
                    .results()
                    .map(found -> Path.of(found.group(1)))
                    .forEach(program -> assertThat(program).isExecutable());
        }
        assertThat(FILE.matcher(Files.readString(file)).results().map(found -> Path.of(found.group(1))))
                .isNotEmpty()
                .allSatisfy(named -> assertThat(named).exists());
    }

    @ParameterizedTest
    @MethodSource("files")
    void haveScriptsThatBashUnderstands(Path file) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed");
        for (String script : scripts(read(file))) {
            Process bash = new ProcessBuilder("/bin/bash", "-n")
                    .redirectErrorStream(true)
                    .start();
            bash.outputWriter(StandardCharsets.UTF_8).append(script).close();
            String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(bash.waitFor()).as(said).isZero();
        }
    }

    @Test
    void buildTheImagesOfTheContainerFiles() {
        Job image =
                Objects.requireNonNull(read(FOLDER.resolve("image.yaml")).jobs().get("image"));
        assertThat(Objects.requireNonNull(image.strategy()).matrix().include())
                .extracting(variant -> variant.get("variant"))
                .containsExactlyInAnyOrder("native", "jvm")
                .allSatisfy(variant -> assertThat(Path.of("deploy", "container", "Containerfile." + variant))
                        .exists());
    }

    @Test
    void testEveryJavaAndEveryPostgresqlThatIsSupported() {
        Job verify =
                Objects.requireNonNull(read(FOLDER.resolve("ci.yaml")).jobs().get("verify"));
        List<Map<String, String>> runs =
                Objects.requireNonNull(verify.strategy()).matrix().include();
        assertThat(runs).extracting(run -> run.get("java")).contains("17", "25");
        assertThat(runs)
                .extracting(run -> Objects.requireNonNull(run.get("postgresql")).replaceFirst("\\..*", ""))
                .contains("15", "16", "17", "18");
    }

    @Test
    void dependenciesAreLookedAfterWhereTheyAre() throws IOException {
        Dependabot dependabot =
                YAML.readValue(Files.readString(Path.of(".github", "dependabot.yml")), Dependabot.class);
        assertThat(dependabot.version()).isEqualTo(2);
        assertThat(dependabot.updates())
                .extracting(Update::packageEcosystem)
                .contains("maven", "github-actions", "docker");
        assertThat(dependabot.updates())
                .allSatisfy(
                        update -> assertThat(Path.of(".", update.directory())).isDirectory());
    }
}
