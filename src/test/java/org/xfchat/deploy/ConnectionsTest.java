package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As many replicas as there may be have their connections (docs/configuration.md), also in the middle of a rolling update. */
class ConnectionsTest {
    /** For a moment, while one starts. */
    private static final int AT_A_START = 2;

    /** Migration and backup, the operator and its metrics, people. */
    private static final int OTHERS = 20;

    /** The listener, and one while it starts, past PgBouncer. */
    private static final int DIRECT = 2;

    private static int available(CloudNativePg.Cluster cluster) {
        Map<String, String> parameters = cluster.spec().postgresql().parameters();
        return Integer.parseInt(parameters.getOrDefault("max_connections", "100"))
                - Integer.parseInt(parameters.getOrDefault("superuser_reserved_connections", "3"))
                - OTHERS;
    }

    private static int replicas(HorizontalPodAutoscaler autoscaler, Deployment deployment) {
        return autoscaler.getSpec().getMaxReplicas()
                + deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal();
    }

    private static void fits(int replicas, int poolSize, CloudNativePg.Cluster cluster) {
        assertThat(replicas * poolSize + AT_A_START)
                .as("connections of %d replicas", replicas)
                .isLessThanOrEqualTo(available(cluster));
    }

    private static int basePoolSize() {
        List<String> literals = Manifests.one(Kustomization.class, "base/kustomization.yaml")
                .configMapGenerator()
                .get(0)
                .literals();
        return literals.stream()
                .filter(literal -> literal.startsWith("DATABASE_POOL_SIZE="))
                .mapToInt(literal -> Integer.parseInt(literal.substring("DATABASE_POOL_SIZE=".length())))
                .findFirst()
                .orElseThrow();
    }

    private static int mostReplicas() {
        return replicas(
                Manifests.one(HorizontalPodAutoscaler.class, "components/autoscaling/horizontal-pod-autoscaler.yaml"),
                Manifests.one(Deployment.class, "base/deployment.yaml"));
    }

    @Test
    void theComponentsFit() {
        fits(
                mostReplicas(),
                basePoolSize(),
                Manifests.one(CloudNativePg.Cluster.class, "components/cloudnativepg/cluster.yaml"));
    }

    @ParameterizedTest
    @EnumSource(names = {"STAGING", "PRODUCTION"})
    void theOverlaysFit(Source source) {
        Deployment deployment = source.of(Deployment.class).get(0);
        HorizontalPodAutoscaler autoscaler =
                source.of(HorizontalPodAutoscaler.class).get(0);
        assertThat(deployment.getSpec().getReplicas())
                .as("left to the autoscaler")
                .isNull();
        assertThat(autoscaler.getSpec().getMinReplicas()).isGreaterThanOrEqualTo(2);
        assertThat(autoscaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(deployment.getMetadata().getName());
        int poolSize = source.of(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().matches("xfchat-[0-9a-z]{10}"))
                .mapToInt(map -> Integer.parseInt(map.getData().get("DATABASE_POOL_SIZE")))
                .findFirst()
                .orElseThrow();
        CloudNativePg.Cluster cluster = source.of(CloudNativePg.Cluster.class).get(0);
        fits(replicas(autoscaler, deployment), poolSize, cluster);
    }

    @Test
    void thePoolerAdmitsThemAllWithinTheDatabasesConnections() {
        CloudNativePg.Pooler pooler = Manifests.one(CloudNativePg.Pooler.class, "components/pooler/pooler.yaml");
        Map<String, String> parameters = pooler.spec().pgbouncer().parameters();
        int pools = pooler.spec().instances() * Integer.parseInt(parameters.getOrDefault("default_pool_size", "20"));
        assertThat(pools + mostReplicas() * DIRECT)
                .isLessThanOrEqualTo(
                        available(Manifests.one(CloudNativePg.Cluster.class, "components/cloudnativepg/cluster.yaml")));
        // Each of its pods by itself: the other one may be away.
        assertThat(Integer.parseInt(parameters.getOrDefault("max_client_conn", "100")))
                .isGreaterThanOrEqualTo(mostReplicas() * basePoolSize());
        assertThat(pooler.spec().pgbouncer().poolMode()).isEqualTo("transaction");
        assertThat(parameters).containsEntry("ignore_startup_parameters", "extra_float_digits");
    }

    /** An acknowledged message is on two machines, and stays for 30 days. */
    @Test
    void theDatabaseKeepsWhatItSays() {
        CloudNativePg.Cluster cluster =
                Manifests.one(CloudNativePg.Cluster.class, "components/cloudnativepg/cluster.yaml");
        CloudNativePg.Synchronous synchronous = cluster.spec().postgresql().synchronous();
        assertThat(synchronous.number()).isPositive().isLessThan(cluster.spec().instances() - 1);
        assertThat(synchronous.dataDurability()).isEqualTo("required");
        assertThat(cluster.spec().bootstrap().initdb().owner()).isEqualTo("xfchat_owner");
        assertThat(cluster.spec().managed().roles()).singleElement().satisfies(role -> {
            assertThat(role.name()).isEqualTo("xfchat_app");
            assertThat(role.superuser()).isFalse();
        });
        // The service refuses a server that has these off.
        assertThat(cluster.spec().postgresql().parameters())
                .doesNotContainKeys("fsync", "full_page_writes", "synchronous_commit");
        CloudNativePg.ObjectStore store =
                Manifests.one(CloudNativePg.ObjectStore.class, "components/cloudnativepg/object-store.yaml");
        assertThat(store.spec().retentionPolicy()).isEqualTo("30d");
        assertThat(cluster.spec().plugins())
                .singleElement()
                .satisfies(plugin -> assertThat(plugin.parameters())
                        .containsEntry("barmanObjectName", store.metadata().getName()));
    }
}
