package org.xfchat.deploy;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The YAML files of {@code deploy}, and the types of what is in them. A Secret has none: its values are nobody's to commit. */
final class Manifests {
    static final Path DEPLOY = Path.of("deploy");

    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            entry("v1/ConfigMap", ConfigMap.class),
            entry("v1/Namespace", Namespace.class),
            entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
            entry("v1/Service", Service.class),
            entry("v1/ServiceAccount", ServiceAccount.class),
            entry("apps/v1/Deployment", Deployment.class),
            entry("apps/v1/StatefulSet", StatefulSet.class),
            entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            entry("batch/v1/CronJob", CronJob.class),
            entry("batch/v1/Job", Job.class),
            entry("gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class),
            entry("networking.k8s.io/v1/Ingress", Ingress.class),
            entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
            entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
            entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class),
            entry("postgresql.cnpg.io/v1/Cluster", CloudNativePg.Cluster.class),
            entry("postgresql.cnpg.io/v1/Pooler", CloudNativePg.Pooler.class),
            entry("postgresql.cnpg.io/v1/ScheduledBackup", CloudNativePg.ScheduledBackup.class),
            entry("barmancloud.cnpg.io/v1/ObjectStore", CloudNativePg.ObjectStore.class),
            entry("kustomize.config.k8s.io/v1beta1/Kustomization", Kustomization.class),
            entry("kustomize.config.k8s.io/v1alpha1/Component", Kustomization.class));

    private Manifests() {}

    /** An object of a manifest, as its type says that it is. */
    static Object typed(JsonNode tree) {
        String kind = tree.path("apiVersion").asText() + "/" + tree.path("kind").asText();
        Class<?> type = TYPES.get(kind);
        if (type == null) {
            throw new IllegalArgumentException("nothing here may be a " + kind);
        }
        return StrictYaml.typed(tree, type);
    }

    static List<Object> parse(String text) {
        return StrictYaml.parse(text).stream().map(Manifests::typed).toList();
    }

    /** All files for Kubernetes and kustomize; not what is for other programs, which has no kind. */
    static List<Path> files() {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            return files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .filter(file -> StrictYaml.read(file).stream().anyMatch(document -> document.has("kind")))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every object of every file, as it stands there. */
    static List<Object> all() {
        return files().stream()
                .flatMap(file -> StrictYaml.read(file).stream())
                .map(Manifests::typed)
                .toList();
    }

    static <T> List<T> of(Class<T> type, List<Object> objects) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The one object of this type in a file below {@code deploy}. */
    static <T> T one(Class<T> type, String file) {
        List<T> found = of(
                type,
                StrictYaml.read(DEPLOY.resolve(file)).stream()
                        .map(Manifests::typed)
                        .toList());
        if (found.size() != 1) {
            throw new AssertionError(file + " has " + found.size() + " objects of " + type.getSimpleName());
        }
        return found.get(0);
    }
}
