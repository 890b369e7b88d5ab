package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Service;

/** Every setting that is wrong ends the start by its name, before anything is tried. */
class SettingsIT {
    /** Nobody is there: a start that gets as far as connecting fails with another line. */
    private static final String NOWHERE = "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1:1/nowhere";

    @Nested
    class DatabaseUrl {
        @Test
        void isRequired() {
            Map<String, String> settings = new HashMap<>(Service.settings(NOWHERE));
            settings.remove("DATABASE_URL");
            assertThat(Refusal.ofProcess(settings).line())
                    .startsWith("DATABASE_URL is missing")
                    .contains("postgresql://user:password@host:5432/database");
        }

        @Test
        void isRequiredForMigrateAsWell() {
            Map<String, String> settings = new HashMap<>(Service.settings(NOWHERE));
            settings.remove("DATABASE_URL");
            assertThat(Refusal.ofProcess(settings, "migrate").line()).startsWith("DATABASE_URL is missing");
        }

        @Test
        void countsAsMissingWhenBlank() {
            assertThat(Refusal.of(Service.settings("  ")).line()).startsWith("DATABASE_URL is missing");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "not a url",
                    "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1",
                    "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1/",
                    "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1:99999/nowhere",
                    "postgresql://someone:" + Refusal.SECRET + "%zz@127.0.0.1/nowhere",
                    "postgresql://127.0.0.1/nowhere",
                    "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1/nowhere?sslmode=perhaps",
                    "postgresql://someone:" + Refusal.SECRET + "@127.0.0.1/nowhere?surprise=1"
                })
        void mustBeWellFormed(String malformed) {
            assertThat(Refusal.of(Service.settings(malformed)).line())
                    .startsWith("DATABASE_URL is malformed")
                    .contains("accepted: postgresql://");
        }

        @ParameterizedTest
        @ValueSource(strings = {"mysql", "h2", "http"})
        void mustBePostgresql(String scheme) {
            assertThat(Refusal.of(Service.settings(NOWHERE.replace("postgresql", scheme)))
                            .line())
                    .startsWith("DATABASE_URL is malformed: its scheme is " + scheme)
                    .contains("postgresql://");
        }
    }

    @Nested
    class JwtSecret {
        @Test
        void isRequired() {
            Map<String, String> settings = new HashMap<>(Service.settings(NOWHERE));
            settings.remove("JWT_SECRET");
            assertThat(Refusal.ofProcess(settings).line())
                    .isEqualTo("JWT_SECRET is missing; accepted: at least 32 random bytes");
        }

        @Test
        void mustBeLongEnough() {
            assertThat(Refusal.of(Service.settings(NOWHERE, "JWT_SECRET", Refusal.SECRET))
                            .line())
                    .isEqualTo("JWT_SECRET is too short; accepted: at least 32 random bytes");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "your-secret-key-change-in-production",
                    "your-super-secret-jwt-key-change-me-in-production",
                    "dev-secret-dev-secret-dev-secret-dev-secret"
                })
        void mustNotBeAPublishedOne(String published) {
            Refusal refusal = Refusal.ofProcess(Service.settings(NOWHERE, "JWT_SECRET", published));
            assertThat(refusal.line()).startsWith("JWT_SECRET is the old built-in default");
            assertThat(refusal.line()).doesNotContain(published);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DATABASE_DIRECT_URL, mysql://someone@127.0.0.1/nowhere, postgresql://",
        "JWT_SECRET_PREVIOUS, your-secret-key-change-in-production, the secret before",
        "SERVER_PORT, abc, 0 to 65535",
        "SERVER_PORT, 65536, 0 to 65535",
        "SERVER_PORT, -1, 0 to 65535",
        "DATABASE_POOL_SIZE, many, 6 to 1000",
        "DATABASE_POOL_SIZE, 5, 6 to 1000",
        "DATABASE_ACQUIRE_TIMEOUT, soon, 100ms to 9s",
        "DATABASE_ACQUIRE_TIMEOUT, 20s, 100ms to 9s",
        "DATABASE_STATEMENT_TIMEOUT, 0s, 1s to 10m",
        "DATABASE_IDLE_TIMEOUT, x, 1s to 24h",
        "DATABASE_MAX_LIFETIME, x, 1s to 24h",
        "MIGRATE_AT_START, maybe, true or false",
        "READ_ONLY, 2, true or false",
        "LOG_LEVEL, loud, error",
        "LOG_SQL, perhaps, true or false",
        "CORS_ORIGINS, *, origins such as https://chat.example.com",
        "SHUTDOWN_DELAY, 2m, 0s to 60s"
    })
    void refusesAWrongValueByNameAndSaysWhatIsAccepted(String name, String value, String accepted) {
        assertThat(Refusal.of(Service.settings(NOWHERE, name, value)).line())
                .startsWith(name + " ")
                .contains("accepted: " + accepted);
    }

    /** Those that have no variable of their own. */
    @ParameterizedTest
    @CsvSource({
        "QUARKUS_HTTP_PORT, abc, quarkus.http.port",
        "QUARKUS_LOG_LEVEL, loud, quarkus.log.level",
        "XFCHAT_LIMIT_STREAMS, x, xfchat.limit.streams"
    })
    void refusesAWrongValueOfTheFrameworksByItsName(String name, String value, String property) {
        assertThat(Refusal.ofProcess(Service.settings(NOWHERE, name, value)).line())
                .startsWith("a setting is wrong: ")
                .contains(property);
    }

    @Test
    void refusesAnUnknownCommandWithItsOwnExitCode() {
        try (Service service = Service.start(Map.of(), "sreve")) {
            assertThat(service.awaitExit()).isEqualTo(2);
            assertThat(service.lines()).first().asString().startsWith("unknown command or option; usage: xfchat");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void explainsItselfWithoutAnySetting(String command) {
        try (Service service = Service.start(Map.of(), command)) {
            assertThat(service.awaitExit()).isZero();
            assertThat(service.lines()).first().asString().startsWith("usage: xfchat [serve | migrate");
            assertThat(service.lines()).anyMatch(line -> line.contains("DATABASE_URL and JWT_SECRET are required"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "version"})
    void saysItsVersionWithoutAnySetting(String command) {
        try (Service service = Service.start(Map.of(), command)) {
            assertThat(service.awaitExit()).isZero();
            assertThat(service.lines()).singleElement().asString().matches("xfchat [0-9]+\\.[0-9]+\\.[0-9]+\\S*");
        }
    }
}
