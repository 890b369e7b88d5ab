package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.limit.LimitConfig.Rate;

/** docs/configuration.md, "Limits". */
class RateTest {
    @Test
    void isANumberInATime() {
        assertThat(TestLimits.with(Map.of("sign-up", "3 / 90s")).signUp())
                .isEqualTo(new Rate(3, Duration.ofSeconds(90)));
    }

    @Test
    void isAsDocumentedByDefault() {
        LimitConfig limits = TestLimits.with(Map.of());
        assertThat(limits.signUp()).isEqualTo(new Rate(60, Duration.ofHours(1)));
        assertThat(limits.logIn()).isEqualTo(new Rate(300, Duration.ofMinutes(5)));
        assertThat(limits.friendRequest()).isEqualTo(new Rate(60, Duration.ofHours(1)));
        assertThat(limits.message()).isEqualTo(new Rate(200, Duration.ofSeconds(10)));
        assertThat(limits.typing()).isEqualTo(new Rate(100, Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "60/", "/1h", "x/1h", "0/1h", "-1/1h", "60/0s", "60/-1s", "60/soon", "60/1h/2"})
    void isNothingElse(String setting) {
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(setting));
    }
}
