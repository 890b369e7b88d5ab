package org.xfchat.braid;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract sections 2.2 and 2.4, and rows 38 and 40 of section 6. */
class SubscriptionTest {
    @Nested
    class Subscribe {
        @ParameterizedTest
        @ValueSource(
                strings = {"", " ", "true", "?1", "True", "keep-alive", "1", "0", "?2", "no", "Subscribe: ?0", "20s"})
        void isWantedWhateverItsValue(String value) {
            assertThat(Subscription.isWanted(value)).isTrue();
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(strings = {"?0", " ?0 ", "false", "FALSE", "False\t"})
        void isNotWantedWhereAbsentOrFalse(String value) {
            assertThat(Subscription.isWanted(value)).isFalse();
        }

        @ParameterizedTest
        @CsvSource(
                nullValues = "null",
                value = {"?1,?1", "' ?1 ',?1", "true,true", "'',true", "null,true", "'x\r\nInjected: 1',true", "?2,true"
                })
        void isEchoedInOneOfTwoForms(String value, String echo) {
            assertThat(Subscription.echo(value)).isEqualTo(echo);
        }
    }

    @Nested
    class Heartbeats {
        @ParameterizedTest
        @CsvSource({
            "20s,20000",
            "20,20000",
            "' 7 s ',7000",
            "1.5s,1500",
            "2.0004,2000",
            "0.001,1000",
            "0.5s,1000",
            "1,1000",
            "60s,60000",
            "61s,60000",
            "60.001,60000",
            "999999999,60000"
        })
        void areKeptWithinASecondAndAMinute(String value, long millis) {
            assertThat(Subscription.heartbeats(value)).contains(Duration.ofMillis(millis));
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "0",
                    "0s",
                    "0.0",
                    "-1",
                    "-5s",
                    "+5",
                    "s",
                    "5m",
                    "5ms",
                    "1e3",
                    "5,6",
                    "5s; a=b",
                    "\"5\"",
                    "NaN",
                    "Infinity",
                    "0x10",
                    ".5",
                    "5.",
                    "1.2.3",
                    "٥",
                    "99999999999999999999",
                    "true"
                })
        void areIgnoredWhereTheyAreNoNumberOfSeconds(String value) {
            assertThat(Subscription.heartbeats(value)).isEmpty();
        }

        @Test
        void areAnnouncedInSeconds() {
            assertThat(Subscription.format(Duration.ofSeconds(20))).isEqualTo("20s");
            assertThat(Subscription.format(Duration.ofSeconds(1))).isEqualTo("1s");
            assertThat(Subscription.format(Duration.ofMillis(1500))).isEqualTo("1.5s");
            assertThat(Subscription.format(Duration.ofMillis(1001))).isEqualTo("1.001s");
            assertThat(Subscription.format(Duration.ofMinutes(1))).isEqualTo("60s");
        }
    }
}
