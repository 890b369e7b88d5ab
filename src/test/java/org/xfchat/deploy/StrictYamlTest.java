package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest is what its type says that it is: a word that Kubernetes would drop without a sound is an error here. */
class StrictYamlTest {
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: xfchat
            spec:
              replicas: 2
              template:
                spec:
                  securityContext:
                    runAsNonRoot: true
                  containers:
                    - name: xfchat
                      readinessProbe:
                        httpGet:
                          path: /q/health/ready
                          port: http
            """;

    static List<Path> files() {
        return Manifests.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileParses(Path file) {
        for (Object object :
                StrictYaml.read(file).stream().map(Manifests::typed).toList()) {
            if (object instanceof Kustomization kustomization) {
                assertThat(kustomization.parsedPatches()).doesNotContainNull();
            }
        }
    }

    @Test
    void whatIsRightParses() {
        assertThat(Manifests.parse(DEPLOYMENT)).hasSize(1);
        assertThat(Manifests.parse(DEPLOYMENT + "---\n" + DEPLOYMENT)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "replicas: 2, replica: 2",
        "runAsNonRoot: true, runAsNonroot: true",
        "httpGet:, http:",
        "path: /q/health/ready, url: /q/health/ready",
        "name: xfchat, title: xfchat"
    })
    void aFieldThatNobodyKnowsFailsHoweverDeep(String right, String wrong) {
        assertThatThrownBy(() -> Manifests.parse(DEPLOYMENT.replace(right, wrong)))
                .hasRootCauseInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("Deployment");
    }

    @Test
    void aKeyThatIsThereTwiceFails() {
        assertThatThrownBy(() -> Manifests.parse(DEPLOYMENT.replace("  replicas: 2", "  replicas: 2\n  replicas: 3")))
                .hasMessageContaining("Duplicate");
        assertThatThrownBy(() -> Manifests.parse(
                        DEPLOYMENT.replace("runAsNonRoot: true", "runAsNonRoot: true\n        runAsNonRoot: false")))
                .hasMessageContaining("Duplicate");
    }

    @Test
    void aValueOfAnotherTypeFails() {
        assertThatThrownBy(() -> Manifests.parse(DEPLOYMENT.replace("replicas: 2", "replicas: many")))
                .hasMessageContaining("Deployment");
    }

    @ParameterizedTest
    @CsvSource({"v1, Secret", "apps/v1beta1, Deployment", "v1, Pod"})
    void aKindThatIsNotExpectedFails(String version, String kind) {
        assertThatThrownBy(() -> Manifests.parse("apiVersion: " + version + "\nkind: " + kind + "\n"))
                .hasMessage("nothing here may be a " + version + "/" + kind);
    }

    @Test
    void theModelsThatWereWrittenHereAreAsStrict() {
        String component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
        assertThat(Manifests.parse(component + "resources: [a.yaml]\n")).hasSize(1);
        assertThatThrownBy(() -> Manifests.parse(component + "resource: [a.yaml]\n"))
                .hasMessageContaining("Kustomization");
        String pooler = "apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nspec:\n  instances: 2\n";
        assertThat(Manifests.parse(pooler)).hasSize(1);
        assertThatThrownBy(() -> Manifests.parse(pooler + "  pgBouncer: {}\n")).hasMessageContaining("Pooler");
    }
}
