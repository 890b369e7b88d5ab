package org.xfchat.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rollout.sh, against a program that writes down what kubectl would be asked, and answers as a cluster would. */
class RolloutTest {
    private static final Path OVERLAY = Path.of("deploy", "overlays", "production");

    /** Of the calls: the verb, and what is told apart by; the rest is kubectl's. */
    private static final String KUBECTL = """
            #!/bin/sh
            echo "$*" >>"$(dirname "$0")/calls"
            case "$*" in
                *"kustomize "*) echo 'kind: Cluster' ;;
                *"apply --filename -"*) cat >/dev/null ;;
                *"exec "*) cat >/dev/null ;;
                *"get job"*) cat "$(dirname "$0")/job" ;;
                *"get pod "*) echo pod/xfchat-db-1 ;;
                *"logs job"*) echo "the log of the migration" ;;
                *"logs "*) echo "the log of the service" ;;
            esac
            refused=$(cat "$(dirname "$0")/refused")
            case "$*" in *"$refused"*) exit 1 ;; esac
            """;

    private record Run(int code, String output) {}

    @TempDir
    private Path folder;

    @BeforeEach
    void aClusterInWhichAllGoesWell() throws IOException {
        Path kubectl = Files.writeString(folder.resolve("kubectl"), KUBECTL);
        assertThat(kubectl.toFile().setExecutable(true)).isTrue();
        answers("job", "SuccessCriteriaMet Complete");
        answers("refused", "nothing at all");
        Files.createFile(folder.resolve("calls"));
    }

    private void answers(String question, String answer) throws IOException {
        Files.writeString(folder.resolve(question), answer);
    }

    private Run rollout(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("deploy/rollout.sh"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KUBECTL", folder.resolve("kubectl").toString());
        builder.environment().put("MIGRATION_TIMEOUT", "0");
        Process script = builder.start();
        String output = new String(script.getInputStream().readAllBytes(), UTF_8);
        assertThat(script.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(script.exitValue(), output);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    @Test
    void databaseThenMigrationThenService() throws Exception {
        Run run = rollout(OVERLAY.toString());
        assertThat(run.output()).contains("the log of the migration", "serves in xfchat");
        assertThat(run.code()).isZero();
        assertThat(calls())
                .containsSubsequence(
                        "kustomize deploy/overlays/production/database",
                        "apply --filename -",
                        "--namespace xfchat wait --for=condition=Ready cluster/xfchat-db --timeout=20m",
                        "--namespace xfchat delete job xfchat-migration --ignore-not-found",
                        "apply --kustomize deploy/overlays/production/migration",
                        "apply --kustomize deploy/overlays/production",
                        "--namespace xfchat rollout status deployment/xfchat --timeout=10m");
        // Before the first migration, and after it.
        assertThat(calls())
                .filteredOn(call -> call.contains(" exec "))
                .hasSize(2)
                .allMatch(call -> call.contains("psql"));
    }

    @Test
    void aMigrationThatFailsIsShownAndTheServiceStaysAsItWas() throws Exception {
        answers("job", "FailureTarget Failed");
        Run run = rollout(OVERLAY.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output()).contains("the log of the migration", "the migration failed, the service is as it was");
        assertThat(calls()).doesNotContain("apply --kustomize " + OVERLAY);
    }

    @Test
    void aMigrationThatTakesLongIsLeftAlone() throws Exception {
        answers("job", "");
        Run run = rollout(OVERLAY.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output()).contains("the migration still runs");
        assertThat(calls()).doesNotContain("apply --kustomize " + OVERLAY);
    }

    @ParameterizedTest
    @CsvSource({
        "get secret xfchat-jwt, there is no Secret xfchat-jwt in xfchat; nothing was changed, kustomize",
        "wait --for, the database is not ready, migration",
        "exec , the roles could not be granted, apply --kustomize",
        "apply --kustomize deploy/overlays/production/migration, '', get job"
    })
    void whatFailsEndsIt(String call, String said, String notAsked) throws Exception {
        answers("refused", call);
        Run run = rollout(OVERLAY.toString());
        assertThat(run.code()).as(run.output()).isEqualTo(1);
        assertThat(run.output()).contains(said == null ? "" : said);
        assertThat(calls()).anyMatch(asked -> asked.contains(call)).noneMatch(asked -> asked.contains(notAsked));
    }

    @Test
    void aServiceThatDoesNotBecomeReadyIsShownWithTheWayBack() throws Exception {
        answers("refused", "rollout status deployment");
        Run run = rollout(OVERLAY.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output()).contains("the log of the service", "rollout undo deployment/xfchat");
    }

    @Test
    void wrongUsageIsSaid() throws Exception {
        assertThat(rollout().code()).isEqualTo(2);
        assertThat(rollout("--help").output()).startsWith("usage: rollout.sh OVERLAY");
        Run nowhere = rollout("deploy/base");
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.output()).contains("deploy/base is no overlay");
        assertThat(calls()).isEmpty();
    }
}
