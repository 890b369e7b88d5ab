package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.xfchat.Settings;

/** Pods are told what the service understands, and secrets come from Secrets. */
class ConfigurationTest {
    private static final String SECRET_NAME = "(?i).*(password|secret|token|_url|credential|_key).*";

    /** The variables of a container that have a value in the manifests, those of its ConfigMap among them. */
    private static Map<String, String> values(Container container, List<Object> objects) {
        Map<String, String> values = new HashMap<>();
        for (String name : Pod.configMaps(container)) {
            values.putAll(Manifests.of(ConfigMap.class, objects).stream()
                    .filter(map -> map.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no ConfigMap " + name))
                    .getData());
        }
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValueFrom() == null) {
                values.put(variable.getName(), variable.getValue());
            }
        }
        return values;
    }

    private static Map<String, SecretKeySelector> secrets(Container container) {
        Map<String, SecretKeySelector> secrets = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValueFrom() != null) {
                secrets.put(variable.getName(), variable.getValueFrom().getSecretKeyRef());
            }
        }
        return secrets;
    }

    private static SecretKeySelector secret(Container container, String variable) {
        return Objects.requireNonNull(secrets(container).get(variable), variable);
    }

    private static boolean service(Container container) {
        return container.getImage().matches("(.*/)?xfchat(:.*)?");
    }

    private static Container server(List<Object> objects) {
        return Pod.server(objects).spec().getContainers().get(0);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILES")
    void everyVariableIsOneThatTheServiceKnows(Source source) {
        List<Object> objects = source.objects();
        int seen = 0;
        for (Pod pod : Pod.of(objects)) {
            for (Container container :
                    pod.containers().stream().filter(ConfigurationTest::service).toList()) {
                seen++;
                assertThat(values(container, objects).keySet()).allMatch(Application::knows);
                assertThat(secrets(container).keySet()).allMatch(Application::knows);
            }
        }
        assertThat(seen).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILES")
    void podsDoNotMigrateAndEndInGoodTime(Source source) {
        List<Object> objects = source.objects();
        Map<String, String> values = values(server(objects), objects);
        assertThat(values).containsEntry("MIGRATE_AT_START", "false").containsEntry("LOG_FORMAT", "json");
        Duration delay = Application.duration(values.getOrDefault("SHUTDOWN_DELAY", ""));
        assertThat(delay).isPositive();
        assertThat(Duration.ofSeconds(Pod.server(objects).spec().getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(delay.plus(Application.END));
    }

    /** Of the files too, so that this is looked at without kubectl. */
    @Test
    void theBaseSaysSoByItself() {
        Kustomization base = Manifests.one(Kustomization.class, "base/kustomization.yaml");
        assertThat(base.configMapGenerator()).hasSize(1).allSatisfy(generator -> {
            assertThat(generator.literals()).contains("MIGRATE_AT_START=false", "SHUTDOWN_DELAY=10s");
            // Said for whoever does the sum of the connections.
            assertThat(generator.literals())
                    .contains("DATABASE_POOL_SIZE=" + Application.byDefault(Settings.DATABASE_POOL_SIZE));
            assertThat(generator.literals())
                    .allMatch(literal -> Application.knows(literal.substring(0, literal.indexOf('='))));
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSecretComesFromSecrets(Source source) {
        List<Object> objects = source.objects();
        for (Pod pod : Pod.of(objects)) {
            for (Container container : pod.containers()) {
                Map<String, String> values = source.rendered() ? values(container, objects) : literals(container);
                assertThat(values.keySet()).as(container.getName()).noneMatch(name -> name.matches(SECRET_NAME));
                assertThat(values.values()).as(container.getName()).noneMatch(value -> value.contains("@"));
                assertThat(secrets(container).values()).as(container.getName()).doesNotContainNull();
            }
        }
        for (ConfigMap map : source.of(ConfigMap.class)) {
            assertThat(map.getData().keySet()).noneMatch(name -> name.matches("[A-Z_]*(PASSWORD|SECRET|URL).*"));
        }
    }

    private static Map<String, String> literals(Container container) {
        Map<String, String> values = new HashMap<>();
        container.getEnv().stream()
                .filter(variable -> variable.getValueFrom() == null)
                .forEach(variable -> values.put(variable.getName(), variable.getValue()));
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void theServiceHasTheRoleForDataAndTheMigrationTheOwners(Source source) {
        Container served = server(source.objects());
        assertThat(secret(served, "DATABASE_URL").getName()).isEqualTo("xfchat-database");
        assertThat(secret(served, "DATABASE_DIRECT_URL").getName()).isEqualTo("xfchat-database");
        assertThat(secret(served, "JWT_SECRET").getName()).isEqualTo("xfchat-jwt");
        assertThat(secret(served, "JWT_SECRET").getOptional()).isNull();
        List<Pod> others = Pod.of(source.objects()).stream()
                .filter(pod -> pod.owner().endsWith("Job"))
                .toList();
        assertThat(others)
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.containers())
                        .allSatisfy(container -> assertThat(
                                        secret(container, "DATABASE_URL").getName())
                                .isEqualTo("xfchat-database-owner")));
    }

    @ParameterizedTest
    @EnumSource
    void theMigrationFollowsADumpThatSucceeded(Source source) {
        List<Job> jobs = source.of(Job.class);
        assertThat(jobs).hasSize(1);
        Job job = jobs.get(0);
        assertThat(job.getSpec().getBackoffLimit()).isZero();
        Pod pod = Pod.of(List.of(job)).get(0);
        assertThat(pod.spec().getRestartPolicy()).isEqualTo("Never");
        assertThat(pod.spec().getInitContainers())
                .singleElement()
                .satisfies(backup -> assertThat(backup.getCommand())
                        .containsExactly("bash", "/scripts/keep.sh", "--unless-empty", "/backup", "30"));
        assertThat(pod.spec().getContainers())
                .singleElement()
                .satisfies(migrate -> assertThat(migrate.getArgs()).containsExactly("migrate"));
        assertThat(Pod.server(source.objects()).spec().getContainers().get(0).getArgs())
                .containsExactly("serve");
    }

    /** The scripts that pods run are there, and those that they source. */
    @Test
    void theScriptsAreInTheConfigMap() {
        Kustomization backup = Manifests.one(Kustomization.class, "backup/kustomization.yaml");
        assertThat(backup.configMapGenerator())
                .hasSize(1)
                .allSatisfy(generator -> assertThat(generator.files())
                        .contains("keep.sh", "dump.sh", "connection.sh")
                        .allMatch(file -> Files.isReadable(
                                Manifests.DEPLOY.resolve("backup").resolve(file))));
    }

    /** A change of a value is a rollout, and undone with it. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILES")
    void aNewConfigurationIsARollout(Source source) {
        assertThat(Pod.configMaps(server(source.objects())))
                .singleElement()
                .asString()
                .matches("xfchat-[0-9a-z]{10}");
    }

    @ParameterizedTest
    @EnumSource
    void aRolloutNeverHasFewerReplicasThanAskedFor(Source source) {
        Deployment deployment = source.of(Deployment.class).get(0);
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(deployment.getSpec().getMinReadySeconds()).isPositive();
    }
}
