package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every pod may do what it has to, and nothing else (the Pod Security Standard "restricted", and more). */
class PodSecurityTest {
    private static final long USER = 10_001;

    private static List<Pod> pods(Source source) {
        List<Pod> pods = Pod.of(source.objects());
        assertThat(pods).hasSizeGreaterThanOrEqualTo(2);
        return pods;
    }

    @ParameterizedTest
    @EnumSource
    void podsRunAsAnOrdinaryUserWithoutAToken(Source source) {
        for (Pod pod : pods(source)) {
            PodSecurityContext context = pod.spec().getSecurityContext();
            assertThat(context.getRunAsNonRoot()).as(pod.owner()).isTrue();
            assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.spec().getAutomountServiceAccountToken())
                    .as(pod.owner())
                    .isFalse();
            assertThat(pod.spec().getEnableServiceLinks()).as(pod.owner()).isFalse();
            assertThat(pod.spec().getHostNetwork()).isNull();
            assertThat(pod.spec().getHostPID()).isNull();
            assertThat(pod.spec().getHostIPC()).isNull();
            assertThat(pod.spec().getVolumes()).allMatch(volume -> volume.getHostPath() == null);
            if (!pod.owner().equals("StatefulSet")) {
                assertThat(context.getRunAsUser()).isEqualTo(USER);
                assertThat(context.getRunAsGroup()).isEqualTo(USER);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void containersHaveNoPrivilegeAndWriteOnlyWhereTheyMay(Source source) {
        for (Pod pod : pods(source)) {
            for (Container container : pod.containers()) {
                SecurityContext context = container.getSecurityContext();
                assertThat(context.getAllowPrivilegeEscalation())
                        .as(container.getName())
                        .isFalse();
                assertThat(context.getReadOnlyRootFilesystem())
                        .as(container.getName())
                        .isTrue();
                assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(context.getCapabilities().getAdd()).isEmpty();
                assertThat(context.getPrivileged()).isNull();
                assertThat(context.getRunAsUser()).isNull();
                assertThat(container.getVolumeMounts())
                        .anyMatch(mount -> mount.getMountPath().equals("/tmp"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void containersAskForWhatTheyNeedAndGetNoMoreThanThat(Source source) {
        for (Pod pod : pods(source)) {
            for (Container container : pod.containers()) {
                ResourceRequirements resources = container.getResources();
                for (String resource : List.of("cpu", "memory")) {
                    assertThat(amount(resources.getRequests(), resource))
                            .as(container.getName())
                            .isPositive()
                            .isLessThanOrEqualTo(amount(resources.getLimits(), resource));
                }
            }
        }
    }

    private static BigDecimal amount(Map<String, Quantity> quantities, String resource) {
        return Quantity.getAmountInBytes(Objects.requireNonNull(quantities.get(resource), resource));
    }

    @ParameterizedTest
    @EnumSource
    void imagesArePinned(Source source) {
        for (Pod pod : pods(source)) {
            for (Container container : pod.containers()) {
                String image = container.getImage();
                if (source.rendered() || !image.equals("xfchat")) {
                    assertThat(image)
                            .as(container.getName())
                            .matches("[a-z0-9.:/-]+(:[0-9][0-9a-z.-]*|@sha256:[0-9a-f]{64})")
                            .doesNotContain(":latest");
                }
            }
        }
        for (CloudNativePg.Cluster cluster : source.of(CloudNativePg.Cluster.class)) {
            assertThat(cluster.spec().imageName()).matches("[a-z0-9./-]+:\\d+\\.\\d+-[a-z-]+");
        }
    }

    @ParameterizedTest
    @EnumSource
    void accountsHaveNoToken(Source source) {
        List<ServiceAccount> accounts = source.of(ServiceAccount.class);
        assertThat(accounts)
                .extracting(account -> account.getMetadata().getName())
                .contains("xfchat", "xfchat-jobs");
        assertThat(accounts).allMatch(account -> Boolean.FALSE.equals(account.getAutomountServiceAccountToken()));
    }

    @ParameterizedTest
    @EnumSource
    void namespacesRefuseWhateverIsLess(Source source) {
        assertThat(source.of(Namespace.class))
                .isNotEmpty()
                .allSatisfy(namespace -> assertThat(namespace.getMetadata().getLabels())
                        .containsEntry("pod-security.kubernetes.io/enforce", "restricted"));
    }
}
