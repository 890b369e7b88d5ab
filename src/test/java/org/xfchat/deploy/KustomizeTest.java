package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** kubectl renders every overlay and every component, and what it renders fits together. */
class KustomizeTest {
    /** Beside the folders that it refers to: kustomize knows no absolute paths. */
    @TempDir(factory = BelowTarget.class)
    private Path folder;

    private static final class BelowTarget implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("target"), "kustomize");
        }
    }

    private List<Object> baseWith(String... components) {
        try {
            Path kustomization = Files.createDirectory(
                    folder.resolve(String.join("-", components).replace('/', '.')));
            String deploy = kustomization
                    .toAbsolutePath()
                    .relativize(Manifests.DEPLOY.toAbsolutePath())
                    .toString();
            String listed = Stream.of(components)
                    .map(component -> "  - " + deploy + "/components/" + component + "\n")
                    .collect(Collectors.joining());
            Files.writeString(
                    kustomization.resolve("kustomization.yaml"),
                    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - " + deploy
                            + "/base\ncomponents:\n" + listed);
            return Kustomize.render(kustomization);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Container server(List<Object> objects) {
        return Pod.server(objects).spec().getContainers().get(0);
    }

    private static NetworkPolicy policy(List<Object> objects) {
        return Manifests.of(NetworkPolicy.class, objects).stream()
                .filter(policy -> policy.getMetadata().getName().equals("xfchat"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILES")
    void everyObjectIsInTheOverlaysNamespaceAndOnce(Source source) {
        String namespace = source.of(Namespace.class).get(0).getMetadata().getName();
        for (Path part : source.parts()) {
            Set<String> seen = new HashSet<>();
            for (Object object : Kustomize.render(part)) {
                if (object instanceof HasMetadata known && !(object instanceof Namespace)) {
                    String name = known.getKind() + " " + known.getMetadata().getName();
                    assertThat(known.getMetadata().getNamespace()).as(name).isEqualTo(namespace);
                    assertThat(seen.add(name)).as(name).isTrue();
                }
            }
        }
        // The operator's objects, whose types are the tests' own.
        assertThat(source.of(CloudNativePg.Cluster.class))
                .allMatch(cluster -> namespace.equals(cluster.metadata().getNamespace()));
        assertThat(source.of(CloudNativePg.ObjectStore.class))
                .allMatch(store -> namespace.equals(store.metadata().getNamespace()));
        assertThat(source.of(CloudNativePg.ScheduledBackup.class))
                .allMatch(backup -> namespace.equals(backup.metadata().getNamespace()));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "FILES")
    void serviceAndMigrationAreOfOneVersion(Source source) {
        Set<String> images = Pod.of(source.objects()).stream()
                .flatMap(pod -> pod.containers().stream())
                .map(Container::getImage)
                .filter(image -> image.matches("(.*/)?xfchat:.*"))
                .collect(Collectors.toSet());
        assertThat(images).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"STAGING", "PRODUCTION"})
    void theLargeOverlaysHaveEverything(Source source) {
        assertThat(source.of(Ingress.class)).hasSize(1);
        assertThat(source.of(PrometheusRule.class)).hasSize(1);
        assertThat(source.of(CronJob.class)).hasSize(1);
        assertThat(source.of(CloudNativePg.Cluster.class)).hasSize(1);
        assertThat(source.of(CloudNativePg.ScheduledBackup.class)).hasSize(1);
        // Whoever speaks to the database verifies its certificate.
        assertThat(Pod.of(source.objects()))
                .allSatisfy(pod -> assertThat(pod.containers())
                        .allSatisfy(container -> assertThat(container.getVolumeMounts())
                                .as(container.getName())
                                .extracting(VolumeMount::getMountPath)
                                .contains("/etc/xfchat/database-ca")));
    }

    /** pg_dump reads servers of its own major version and older ones. */
    @Test
    void theBackupsProgramsAreOfTheDatabasesVersion() {
        String server = Manifests.one(CloudNativePg.Cluster.class, "components/cloudnativepg/cluster.yaml")
                .spec()
                .imageName()
                .replaceAll(".*:(\\d+\\.\\d+)-.*", "$1");
        assertThat(Pod.of(Manifests.all()).stream()
                        .flatMap(pod -> pod.containers().stream())
                        .map(Container::getImage)
                        .filter(image -> image.startsWith("postgres:")))
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(image -> image.matches(Pattern.quote("postgres:" + server) + "@sha256:[0-9a-f]{64}"));
    }

    @Test
    void theGatewayIsAnAlternative() {
        assertThat(Manifests.of(HTTPRoute.class, baseWith("gateway"))).hasSize(1);
    }

    @Test
    void theJvmImageGetsMoreMemory() {
        Container jvm = server(baseWith("jvm"));
        assertThat(jvm.getResources().getLimits().get("memory")).hasToString("768Mi");
        assertThat(jvm.getResources().getLimits()).containsKey("cpu");
        assertThat(jvm.getStartupProbe().getHttpGet().getPath()).isEqualTo("/q/health/started");
    }

    @Test
    void tracesHaveAnAddressAndAWayOut() {
        List<Object> objects = baseWith("tracing");
        assertThat(Manifests.of(ConfigMap.class, objects))
                .singleElement()
                .satisfies(map ->
                        assertThat(map.getData()).containsKeys("OTEL_EXPORTER_OTLP_ENDPOINT", "DATABASE_POOL_SIZE"));
        assertThat(policy(objects).getSpec().getEgress())
                .anySatisfy(rule -> assertThat(rule.getPorts())
                        .singleElement()
                        .satisfies(
                                port -> assertThat(port.getPort().getIntVal()).isEqualTo(4317)));
    }

    @Test
    void throughThePoolerThereIsADirectAddress() {
        List<Object> objects = baseWith("cloudnativepg", "cloudnativepg/client", "pooler", "pooler/client");
        assertThat(server(objects).getEnv())
                .filteredOn(variable -> variable.getName().equals("DATABASE_DIRECT_URL"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getSecretKeyRef().getOptional())
                        .isFalse());
        CloudNativePg.Pooler pooler =
                Manifests.of(CloudNativePg.Pooler.class, objects).get(0);
        CloudNativePg.Cluster cluster =
                Manifests.of(CloudNativePg.Cluster.class, objects).get(0);
        assertThat(pooler.spec().cluster().getName())
                .isEqualTo(cluster.metadata().getName());
        assertThat(cluster.spec().certificates())
                .isNotNull()
                .satisfies(certificates -> assertThat(certificates.serverAltDNSNames())
                        .contains(pooler.metadata().getName()));
        assertThat(policy(objects).getSpec().getEgress())
                .anySatisfy(rule -> assertThat(rule.getTo())
                        .anySatisfy(peer -> assertThat(peer.getPodSelector())
                                .isNotNull()
                                .satisfies(selector -> assertThat(selector.getMatchLabels())
                                        .containsEntry(
                                                "cnpg.io/poolerName",
                                                pooler.metadata().getName()))));
    }

    /** All that there is can be put together, and none is forgotten here. */
    @Test
    void everyComponentRenders() throws IOException {
        try (Stream<Path> components = Files.list(Manifests.DEPLOY.resolve("components"))) {
            for (Path component : components.sorted().toList()) {
                String name = component.getFileName().toString();
                boolean client = Files.isDirectory(component.resolve("client"));
                List<Object> objects = name.equals("pooler")
                        ? baseWith("cloudnativepg", "pooler", "pooler/client")
                        : client ? baseWith(name, name + "/client") : baseWith(name);
                assertThat(objects).as(name).hasSizeGreaterThanOrEqualTo(6);
            }
        }
    }
}
