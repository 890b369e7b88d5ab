package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kubernetes asks the service what the service answers. */
class ProbesTest {
    private static Container server(Source source) {
        return Pod.server(source.objects()).spec().getContainers().get(0);
    }

    private static void asks(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path).isIn(Application.paths());
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
        assertThat(probe.getHttpGet().getScheme()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void eachProbeAsksItsOwnQuestion(Source source) {
        Container server = server(source);
        asks(server.getStartupProbe(), "/q/health/started");
        asks(server.getLivenessProbe(), "/q/health/live");
        asks(server.getReadinessProbe(), "/q/health/ready");
        assertThat(server.getPorts())
                .extracting(ContainerPort::getContainerPort)
                .containsExactly(Application.port(), Application.managementPort());
        assertThat(server.getEnv())
                .filteredOn(variable -> variable.getName().equals("MANAGEMENT_PORT"))
                .extracting(EnvVar::getValue)
                .containsExactly("" + Application.managementPort());
    }

    /** A failed start ends by itself within seconds; one that waits for a busy database is not to be killed. */
    @ParameterizedTest
    @EnumSource
    void aStartMayTakeAMinuteAndADatabaseThatIsAwayKillsNobody(Source source) {
        Container server = server(source);
        assertThat(patience(server.getStartupProbe())).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(patience(server.getLivenessProbe())).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
        assertThat(patience(server.getReadinessProbe())).isLessThanOrEqualTo(Duration.ofSeconds(15));
    }

    private static Duration patience(Probe probe) {
        return Duration.ofSeconds((long) probe.getPeriodSeconds() * probe.getFailureThreshold());
    }

    /** The database of overlays/local, which has no operator. */
    @ParameterizedTest
    @EnumSource(names = {"FILES", "LOCAL"})
    void theOwnDatabaseIsProbedAsWell(Source source) {
        List<Pod> sets = Pod.of(source.objects()).stream()
                .filter(pod -> pod.owner().equals("StatefulSet"))
                .toList();
        assertThat(sets).singleElement().satisfies(pod -> {
            Container postgres = pod.spec().getContainers().get(0);
            assertThat(postgres.getStartupProbe().getExec().getCommand()).contains("pg_isready");
            assertThat(postgres.getReadinessProbe().getExec().getCommand()).contains("pg_isready");
        });
    }
}
