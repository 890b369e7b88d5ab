package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who reaches what: the public the API, the monitoring the figures, the service its database, and nobody anything else. */
class NetworkTest {
    private static final int POSTGRESQL = 5432;
    private static final int DNS = 53;

    private static NetworkPolicy policy(Source source, String name) {
        return source.of(NetworkPolicy.class).stream()
                .filter(policy -> policy.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Integer> ports(List<NetworkPolicyPort> ports) {
        return ports.stream().map(port -> port.getPort().getIntVal());
    }

    @ParameterizedTest
    @EnumSource
    void theServicesPortIsTheApplications(Source source) {
        ContainerPort port = Pod.server(source.objects())
                .spec()
                .getContainers()
                .get(0)
                .getPorts()
                .get(0);
        assertThat(port.getContainerPort()).isEqualTo(Application.port());
        Service service = source.of(Service.class).stream()
                .filter(found -> found.getMetadata().getName().equals("xfchat"))
                .findFirst()
                .orElseThrow();
        assertThat(port.getName()).isEqualTo("http");
        assertThat(service.getSpec().getPorts())
                .extracting(
                        served -> served.getName(),
                        served -> served.getPort(),
                        served -> served.getTargetPort().getStrVal())
                .containsExactly(
                        tuple("http", Application.port(), "http"),
                        tuple("management", Application.managementPort(), "management"));
        assertThat(service.getSpec().getSessionAffinity()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void theServiceIsReachedOnItsPortAndReachesPostgresqlAndNames(Source source) {
        NetworkPolicy policy = policy(source, "xfchat");
        assertThat(policy.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
        // The public's proxy does not reach what is for operators, and who reads the figures does not reach the API.
        assertThat(policy.getSpec().getIngress())
                .extracting(
                        NetworkTest::namespaces, rule -> ports(rule.getPorts()).toList())
                .containsExactlyInAnyOrder(
                        tuple(List.of("ingress-nginx"), List.of(Application.port())),
                        tuple(List.of("monitoring"), List.of(Application.managementPort())));
        assertThat(policy.getSpec().getEgress().stream().flatMap(rule -> ports(rule.getPorts())))
                .containsOnly(DNS, POSTGRESQL);
        assertThat(policy.getSpec().getEgress())
                .allSatisfy(rule -> assertThat(rule.getTo()).isNotEmpty());
    }

    private static List<String> namespaces(NetworkPolicyIngressRule rule) {
        return rule.getFrom().stream()
                .map(peer -> peer.getNamespaceSelector().getMatchLabels().get("kubernetes.io/metadata.name"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void jobsAreNotReachedAndReachPostgresqlAndNames(Source source) {
        NetworkPolicy policy = policy(source, "xfchat-jobs");
        assertThat(policy.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(policy.getSpec().getIngress()).isEmpty();
        assertThat(policy.getSpec().getEgress().stream().flatMap(rule -> ports(rule.getPorts())))
                .containsOnly(DNS, POSTGRESQL);
    }

    /** No pod without a policy: one that none selects may be reached by, and reach, everybody. */
    @ParameterizedTest
    @EnumSource
    void everyPodOfXfchatHasAPolicy(Source source) {
        List<LabelSelector> selectors = source.of(NetworkPolicy.class).stream()
                .map(policy -> policy.getSpec().getPodSelector())
                .toList();
        assertThat(Pod.of(source.objects()))
                .filteredOn(pod -> !pod.owner().equals("StatefulSet"))
                .allSatisfy(pod -> assertThat(selectors).anyMatch(selector -> selects(selector, pod.labels())));
    }

    private static boolean selects(LabelSelector selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
                && selector.getMatchExpressions().stream()
                        .allMatch(expression -> expression.getOperator().equals("In")
                                && expression.getValues().contains(labels.getOrDefault(expression.getKey(), "")));
    }

    @ParameterizedTest
    @EnumSource
    void selectorsFindTheirPodsAndNoOthers(Source source) {
        Pod server = Pod.server(source.objects());
        for (Deployment deployment : source.of(Deployment.class)) {
            assertThat(selects(deployment.getSpec().getSelector(), server.labels()))
                    .isTrue();
        }
        for (StatefulSet set : source.of(StatefulSet.class)) {
            Map<String, String> labels =
                    set.getSpec().getTemplate().getMetadata().getLabels();
            assertThat(selects(set.getSpec().getSelector(), labels)).isTrue();
        }
        List<Map<String, String>> jobs = Pod.of(source.objects()).stream()
                .filter(pod -> pod.owner().endsWith("Job"))
                .map(Pod::labels)
                .toList();
        List<LabelSelector> selectors = Stream.concat(
                        source.of(PodDisruptionBudget.class).stream()
                                .map(budget -> budget.getSpec().getSelector()),
                        source.of(Service.class).stream()
                                .filter(service ->
                                        service.getMetadata().getName().equals("xfchat"))
                                .map(service -> {
                                    LabelSelector selector = new LabelSelector();
                                    selector.setMatchLabels(service.getSpec().getSelector());
                                    return selector;
                                }))
                .toList();
        assertThat(selectors).hasSize(2).allSatisfy(selector -> {
            assertThat(selects(selector, server.labels())).isTrue();
            assertThat(jobs).noneMatch(labels -> selects(selector, labels));
        });
    }

    @ParameterizedTest
    @EnumSource
    void theIngressHasThePathsOfTheApiAndNothingElse(Source source) {
        for (Ingress ingress : source.of(Ingress.class)) {
            assertThat(ingress.getSpec().getDefaultBackend()).isNull();
            assertThat(ingress.getSpec().getTls()).isNotEmpty();
            assertThat(ingress.getSpec().getRules()).singleElement().satisfies(rule -> {
                assertThat(rule.getHost())
                        .isEqualTo(ingress.getSpec().getTls().get(0).getHosts().get(0));
                assertThat(rule.getHttp().getPaths())
                        .allMatch(path -> path.getPathType().equals("Prefix"));
                assertThat(rule.getHttp().getPaths().stream().map(path -> path.getPath()))
                        .containsExactlyInAnyOrderElementsOf(publicRoots());
            });
            Map<String, String> annotations = ingress.getMetadata().getAnnotations();
            assertThat(annotations).containsEntry("nginx.ingress.kubernetes.io/proxy-buffering", "off");
            // deploy/behind-a-proxy.md.
            assertThat(Integer.parseInt(annotations.get("nginx.ingress.kubernetes.io/proxy-read-timeout")))
                    .isGreaterThan(60);
        }
    }

    @Test
    void theRouteHasTheSamePaths() {
        HTTPRoute route = Manifests.one(HTTPRoute.class, "components/gateway/http-route.yaml");
        assertThat(route.getSpec().getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getMatches().stream().map(match -> match.getPath().getValue()))
                    .containsExactlyInAnyOrderElementsOf(publicRoots());
            assertThat(rule.getBackendRefs())
                    .singleElement()
                    .satisfies(backend -> assertThat(backend.getPort()).isEqualTo(Application.port()));
        });
    }

    /** What the API's own description has, but for what stays inside. */
    static Set<String> publicRoots() {
        return Application.paths().stream()
                .map(path -> path.replaceAll("(/[^/]+).*", "$1"))
                .filter(root -> !root.equals("/q"))
                .collect(Collectors.toSet());
    }

    @Test
    void theMonitoringReadsTheServicesFigures() {
        ServiceMonitor monitor = Manifests.one(ServiceMonitor.class, "components/monitoring/service-monitor.yaml");
        Service service = Manifests.one(Service.class, "base/service.yaml");
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels());
        assertThat(service.getMetadata().getLabels())
                .containsEntry(monitor.getSpec().getJobLabel(), "xfchat");
        assertThat(monitor.getSpec().getEndpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getPath()).isEqualTo("/q/metrics");
            assertThat(endpoint.getPort()).isEqualTo("management");
        });
    }
}
