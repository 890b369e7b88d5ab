package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One host: the same order, the same restrictions, no secret in the file, and a health check that needs nothing of the image. */
class ComposeTest {
    private static final Path FILE = Manifests.DEPLOY.resolve("compose.yaml");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[?-])?([^}]*)}");

    private static Compose compose() {
        return StrictYaml.typed(StrictYaml.read(FILE).get(0), Compose.class);
    }

    private static Compose.Service service(String name) {
        return Objects.requireNonNull(compose().services().get(name), name);
    }

    private static String variable(String service, String name) {
        return Objects.requireNonNull(service(service).environment().get(name), name);
    }

    private static String condition(String service, String other) {
        return Objects.requireNonNull(service(service).depends_on().get(other), other)
                .condition();
    }

    @Test
    void isReadStrictly() throws Exception {
        String wrong = Files.readString(FILE).replaceFirst("mem_limit", "memory_limit");
        assertThatThrownBy(() -> StrictYaml.typed(StrictYaml.parse(wrong).get(0), Compose.class))
                .hasMessageContaining("Compose");
    }

    @Test
    void theServiceStartsOnADatabaseThatIsReadyAndMigrated() {
        assertThat(condition("xfchat", "postgres")).isEqualTo("service_healthy");
        assertThat(condition("xfchat", "migrate")).isEqualTo("service_completed_successfully");
        assertThat(service("migrate").command()).containsExactly("migrate");
        assertThat(service("migrate").restart()).isEqualTo("no");
        assertThat(variable("migrate", "DATABASE_URL")).contains("//xfchat_owner:");
        assertThat(variable("xfchat", "DATABASE_URL")).contains("//xfchat_app:");
        assertThat(service("xfchat").environment())
                .containsEntry("MIGRATE_AT_START", "false")
                .containsEntry("LOG_FORMAT", "json");
        assertThat(service("migrate").image()).isEqualTo(service("xfchat").image());
    }

    @Test
    void everyVariableIsOneThatTheServiceKnows() {
        assertThat(service("xfchat").environment().keySet()).allMatch(Application::knows);
        assertThat(service("migrate").environment().keySet()).allMatch(Application::knows);
    }

    @Test
    void secretsAreRequiredAndNotHere() {
        compose()
                .services()
                .forEach((name, service) -> service.environment().forEach((variable, value) -> {
                    if (variable.matches(".*(PASSWORD|SECRET|URL)")) {
                        assertThat(VARIABLE.matcher(value).results())
                                .as(name + " " + variable)
                                .singleElement()
                                .satisfies(reference ->
                                        assertThat(reference.group(2)).isEqualTo(":?"));
                        assertThat(VARIABLE.matcher(value).replaceAll(""))
                                .as(name + " " + variable)
                                .matches("|postgresql://xfchat_(owner|app):@postgres:5432/xfchat");
                    }
                }));
    }

    @Test
    void containersHaveNoPrivilegeAndWriteOnlyWhereTheyMay() {
        compose().services().forEach((name, service) -> {
            assertThat(service.read_only()).as(name).isTrue();
            assertThat(service.tmpfs()).as(name).contains("/tmp");
            assertThat(service.cap_drop()).as(name).containsExactly("ALL");
            assertThat(service.security_opt()).as(name).containsExactly("no-new-privileges:true");
            assertThat(service.user()).as(name).matches("[1-9]\\d*:[1-9]\\d*");
            assertThat(service.mem_limit()).as(name).matches("\\d+[mg]");
            assertThat(VARIABLE.matcher(service.image()).replaceAll("$3"))
                    .as(name)
                    .matches("xfchat:\\d[0-9.]+|[a-z]+:\\d[0-9.]+@sha256:[0-9a-f]{64}");
        });
    }

    @Test
    void readinessIsAskedFromBesideTheImage() {
        assertThat(service("xfchat").healthcheck()).isNull();
        assertThat(service("ready").network_mode()).isEqualTo("service:xfchat");
        Compose.Healthcheck check = Objects.requireNonNull(service("ready").healthcheck());
        assertThat(check.test())
                .anyMatch(command -> command.contains("/dev/tcp/127.0.0.1/" + Application.managementPort())
                        && command.contains("GET /q/health/ready "));
        assertThat("/q/health/ready").isIn(Application.paths());
    }

    @Test
    void onlyThisHostReachesItAndItEndsInGoodTime() {
        assertThat(service("xfchat").ports())
                .containsExactly("127.0.0.1:" + Application.port() + ":" + Application.port());
        assertThat(service("postgres").ports()).isNull();
        String period = Objects.requireNonNull(service("xfchat").stop_grace_period());
        assertThat(Application.duration(period)).isGreaterThanOrEqualTo(Application.END);
    }
}
