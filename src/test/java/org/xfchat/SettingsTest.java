package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/configuration.md, "Variables": every variable is validated by name, and no secret is printed. */
class SettingsTest {
    private static final String URL = "postgresql://user:Sesame@db.test/chat";
    private static final String SECRET = "Sesame-0123456789abcdef0123456789";

    private static Function<String, Optional<String>> given(Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(Map.of("DATABASE_URL", URL, "JWT_SECRET", SECRET));
        variables.putAll(more);
        return name -> Optional.ofNullable(variables.get(name));
    }

    private static Optional<String> problem(String name, String value) {
        return Settings.problem(given(Map.of(name, value)));
    }

    private static String refusal(String name, String value) {
        return problem(name, value).orElseThrow(() -> new AssertionError(name + "=" + value + " is accepted"));
    }

    @Test
    void whatIsRequiredIsEnough() {
        assertThat(Settings.problem(given(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DATABASE_URL", "JWT_SECRET"})
    void whatIsRequiredIsNamedWhereMissingOrBlank(String name) {
        assertThat(refusal(name, "")).startsWith(name + " is missing");
        assertThat(refusal(name, "  ")).startsWith(name + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "DATABASE_URL, postgres://u:p%40@a.test:1/d",
        "DATABASE_URL, jdbc:postgresql://a.test/d?user=u",
        "DATABASE_DIRECT_URL, postgresql://u@a.test/d?sslmode=require",
        "DATABASE_DIRECT_URL, ''",
        "JWT_SECRET, 01234567890123456789012345678901",
        "JWT_SECRET, \u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc",
        "JWT_SECRET_PREVIOUS, x",
        "JWT_SECRET_PREVIOUS, ''",
        "SERVER_PORT, 0",
        "SERVER_PORT, 65535",
        "DATABASE_POOL_SIZE, 6",
        "DATABASE_POOL_SIZE, 1000",
        "DATABASE_ACQUIRE_TIMEOUT, 100ms",
        "DATABASE_ACQUIRE_TIMEOUT, 9s",
        "DATABASE_ACQUIRE_TIMEOUT, 5",
        "DATABASE_STATEMENT_TIMEOUT, 1s",
        "DATABASE_STATEMENT_TIMEOUT, 10m",
        "DATABASE_STATEMENT_TIMEOUT, PT30S",
        "DATABASE_IDLE_TIMEOUT, 1s",
        "DATABASE_IDLE_TIMEOUT, 24h",
        "DATABASE_MAX_LIFETIME, 1s",
        "DATABASE_MAX_LIFETIME, 1d",
        "MIGRATE_AT_START, true",
        "MIGRATE_AT_START, false",
        "READ_ONLY, true",
        "READ_ONLY, false",
        "LOG_LEVEL, error",
        "LOG_LEVEL, WARN",
        "LOG_LEVEL, trace",
        "LOG_SQL, true",
        "LOG_SQL, false",
        "CORS_ORIGINS, ''",
        "CORS_ORIGINS, https://chat.example.com",
        "CORS_ORIGINS, 'https://chat.example.com, http://localhost:5173'",
        "CORS_ORIGINS, http://192.0.2.1:8080",
        "CORS_ORIGINS, 'https://[2001:db8::1]'",
        "LIMITS, on",
        "LIMITS, off",
        "TRUSTED_PROXIES, ''",
        "TRUSTED_PROXIES, 1",
        "TRUSTED_PROXIES, 192.0.2.7",
        "TRUSTED_PROXIES, '10.0.0.0/8, fd00::/8'",
        "SHUTDOWN_DELAY, 0s",
        "SHUTDOWN_DELAY, 5",
        "SHUTDOWN_DELAY, 500ms",
        "SHUTDOWN_DELAY, 1m"
    })
    void acceptableValuesAreAccepted(String name, String value) {
        assertThat(problem(name, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DATABASE_URL, mysql://u:Sesame@a.test/d",
        "DATABASE_URL, Sesame",
        "DATABASE_URL, postgresql://u:Sesame@a.test",
        "DATABASE_DIRECT_URL, Sesame",
        "JWT_SECRET, Sesame",
        "JWT_SECRET, Sesame7890123456789012345678901",
        "JWT_SECRET, your-secret-key-change-in-production-Sesame",
        "JWT_SECRET, your-super-secret-jwt-key-Sesame-0123456789",
        "JWT_SECRET, CHANGE_ME_Sesame_0123456789_0123456789",
        "JWT_SECRET_PREVIOUS, your-secret-key-change-in-production",
        "SERVER_PORT, -1",
        "SERVER_PORT, 65536",
        "SERVER_PORT, http",
        "SERVER_PORT, 30 00",
        "SERVER_PORT, 99999999999",
        "DATABASE_POOL_SIZE, 5",
        "DATABASE_POOL_SIZE, 0",
        "DATABASE_POOL_SIZE, 1001",
        "DATABASE_POOL_SIZE, many",
        "DATABASE_POOL_SIZE, 2.5",
        "DATABASE_ACQUIRE_TIMEOUT, 99ms",
        "DATABASE_ACQUIRE_TIMEOUT, 10s",
        "DATABASE_ACQUIRE_TIMEOUT, soon",
        "DATABASE_ACQUIRE_TIMEOUT, -5s",
        "DATABASE_ACQUIRE_TIMEOUT, 99999999999999999999s",
        "DATABASE_ACQUIRE_TIMEOUT, 9223372036854775807m",
        "DATABASE_ACQUIRE_TIMEOUT, 99999999999999999999",
        "DATABASE_ACQUIRE_TIMEOUT, 106751991167301d",
        "DATABASE_STATEMENT_TIMEOUT, 999ms",
        "DATABASE_STATEMENT_TIMEOUT, 11m",
        "DATABASE_IDLE_TIMEOUT, 0s",
        "DATABASE_IDLE_TIMEOUT, 25h",
        "DATABASE_MAX_LIFETIME, 0",
        "DATABASE_MAX_LIFETIME, forever",
        "MIGRATE_AT_START, yes",
        "MIGRATE_AT_START, 1",
        "READ_ONLY, on",
        "READ_ONLY, TRUE",
        "LOG_LEVEL, loud",
        "LOG_SQL, yes",
        "CORS_ORIGINS, *",
        "CORS_ORIGINS, /https://.*Sesame/",
        "CORS_ORIGINS, https://*.Sesame",
        "CORS_ORIGINS, null",
        "CORS_ORIGINS, chat.example.com",
        "CORS_ORIGINS, ftp://chat.example.com",
        "CORS_ORIGINS, https://",
        "CORS_ORIGINS, https://chat.example.com/",
        "CORS_ORIGINS, https://chat.example.com/Sesame",
        "CORS_ORIGINS, https://chat.example.com?Sesame",
        "CORS_ORIGINS, https://Sesame:Sesame@chat.example.com",
        "CORS_ORIGINS, HTTPS://chat.example.com",
        "CORS_ORIGINS, https://Chat.example.com",
        "CORS_ORIGINS, https://chat.example.com:443",
        "CORS_ORIGINS, http://chat.example.com:80",
        "CORS_ORIGINS, https://chat.example.com:99999",
        "CORS_ORIGINS, 'https://chat.example.com,'",
        "CORS_ORIGINS, https://chat.example.com http://chat.example.org",
        "LIMITS, true",
        "LIMITS, ON",
        "TRUSTED_PROXIES, Sesame",
        "TRUSTED_PROXIES, 10.0.0.0/33",
        "TRUSTED_PROXIES, 0.0.0.0/0",
        "TRUSTED_PROXIES, 0",
        "TRUSTED_PROXIES, hops:1",
        "TRUSTED_PROXIES, '10.0.0.0/8,'",
        "SHUTDOWN_DELAY, -1s",
        "SHUTDOWN_DELAY, 61s",
        "SHUTDOWN_DELAY, a while"
    })
    void otherValuesAreRefusedByNameInOneLineWithoutTheValue(String name, String value) {
        String refusal = refusal(name, value);
        assertThat(refusal).startsWith(name + " ").contains("; accepted: ").hasLineCount(1);
        assertThat(refusal.replace("change-in-production", "")).doesNotContain("Sesame");
    }

    @Test
    void theFirstProblemInTheDocumentedOrderIsTheOneThatIsTold() {
        assertThat(Settings.problem(given(Map.of("SERVER_PORT", "x", "JWT_SECRET", "short", "LOG_SQL", "x"))))
                .hasValueSatisfying(line -> assertThat(line).startsWith("JWT_SECRET "));
    }

    @Nested
    class Effective {
        @Test
        void containsNoSecret() {
            String effective =
                    Settings.effective(given(Map.of("DATABASE_DIRECT_URL", URL, "JWT_SECRET_PREVIOUS", "Sesame")));
            assertThat(effective)
                    .doesNotContain("Sesame", "JWT_SECRET", "DATABASE_URL", "DATABASE_DIRECT_URL", "db.test");
        }

        @ParameterizedTest
        @EnumSource(Settings.class)
        void namesEverySettingThatIsNoSecret(Settings setting) {
            boolean secret = setting.name().endsWith("_URL") || setting.name().startsWith("JWT_SECRET");
            assertThat(Settings.effective(given(Map.of())).contains(setting.name() + "="))
                    .isEqualTo(!secret);
        }

        @Test
        void hasDefaultsWhereNothingIsSet() {
            assertThat(Settings.effective(given(Map.of("SERVER_PORT", "8080"))))
                    .contains("SERVER_PORT=8080")
                    .contains("DATABASE_POOL_SIZE=25")
                    .contains("DATABASE_ACQUIRE_TIMEOUT=5s")
                    .contains("DATABASE_STATEMENT_TIMEOUT=30s")
                    .contains("DATABASE_IDLE_TIMEOUT=10m")
                    .contains("DATABASE_MAX_LIFETIME=30m")
                    .contains("MIGRATE_AT_START=true")
                    .contains("READ_ONLY=false")
                    .contains("LOG_LEVEL=info")
                    .contains("LOG_SQL=false")
                    .contains("CORS_ORIGINS= ")
                    .contains("LIMITS=on")
                    .contains("TRUSTED_PROXIES= ")
                    .contains("SHUTDOWN_DELAY=0s");
        }
    }
}
