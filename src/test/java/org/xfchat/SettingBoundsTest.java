package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingBoundsTest {
    private static Optional<String> problem(Map<String, String> settings) {
        return SettingBounds.problem(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(settings, "given", 1000))
                .build());
    }

    @Test
    void nothingIsWrongWithWhatIsNotSet() {
        assertThat(problem(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "xfchat.http.deadline, 0s, 1s to 60s",
        "xfchat.http.deadline, 61s, 1s to 60s",
        "xfchat.http.stall-timeout, 0s, 1s to 1h",
        "xfchat.auth.token-lifetime, 1s, 1m to 3650d",
        "xfchat.usage.monthly-message-limit, 0, at least 1",
        "xfchat.auth.hash-memory, 18M, at least 19M",
        "xfchat.memory.total, 1M, at least 8M"
    })
    void whatCannotWorkIsNamed(String name, String value, String accepted) {
        assertThat(problem(Map.of(name, value))).hasValue(name + " is out of range; accepted: " + accepted);
    }

    @ParameterizedTest
    @CsvSource({
        "xfchat.http.deadline, 1s",
        "xfchat.http.deadline, 60s",
        "xfchat.http.stall-timeout, 1h",
        "xfchat.auth.hash-memory, 19M",
        "xfchat.memory.total, 8M",
        "xfchat.cursor.tails, 0"
    })
    void theEndsOfARangeAreAccepted(String name, String value) {
        assertThat(problem(Map.of(name, value))).isEmpty();
    }
}
