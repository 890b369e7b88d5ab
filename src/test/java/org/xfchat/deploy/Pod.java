package org.xfchat.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The pods of some manifests, whatever makes them: Deployment, StatefulSet, Job or CronJob. */
record Pod(String owner, PodTemplateSpec template) {
    static List<Pod> of(List<Object> objects) {
        return objects.stream().flatMap(Pod::made).toList();
    }

    /** The service's own, of the Deployment. */
    static Pod server(List<Object> objects) {
        Deployment deployment = Manifests.of(Deployment.class, objects).get(0);
        return new Pod("Deployment", deployment.getSpec().getTemplate());
    }

    private static Stream<Pod> made(Object object) {
        if (object instanceof Deployment deployment) {
            return Stream.of(new Pod("Deployment", deployment.getSpec().getTemplate()));
        } else if (object instanceof StatefulSet set) {
            return Stream.of(new Pod("StatefulSet", set.getSpec().getTemplate()));
        } else if (object instanceof Job job) {
            return Stream.of(new Pod("Job", job.getSpec().getTemplate()));
        } else if (object instanceof CronJob job) {
            return Stream.of(
                    new Pod("CronJob", job.getSpec().getJobTemplate().getSpec().getTemplate()));
        }
        return Stream.of();
    }

    PodSpec spec() {
        return template.getSpec();
    }

    Map<String, String> labels() {
        return template.getMetadata().getLabels();
    }

    /** Those that run before it as well. */
    List<Container> containers() {
        return Stream.concat(spec().getInitContainers().stream(), spec().getContainers().stream())
                .toList();
    }

    /** The names of the ConfigMaps that a container's environment comes from. */
    static List<String> configMaps(Container container) {
        return container.getEnvFrom().stream()
                .map(EnvFromSource::getConfigMapRef)
                .filter(reference -> reference != null)
                .map(reference -> reference.getName())
                .toList();
    }
}
