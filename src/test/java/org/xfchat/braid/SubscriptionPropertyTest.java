package org.xfchat.braid;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Scale;

/** No {@code Subscribe} and no {@code Heartbeats} is an error, and what is answered is never the client's bytes. */
class SubscriptionPropertyTest {
    @Provide
    Arbitrary<String> headers() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(30),
                Arbitraries.strings().withChars("0123456789.s -+eE?truefals").ofMaxLength(30),
                Arbitraries.of("9", "0", "s", "\u0663", "1e9").map(text -> text.repeat(4_000)),
                Arbitraries.of(
                        "\u0663s", "NaN", "Infinity", "0x10", "1_000", "0.000000001", "999999999.999999999s", "?0"));
    }

    @Property
    void aPaceIsWithinItsBounds(@ForAll("headers") String header) {
        Subscription.heartbeats(header)
                .ifPresent(pace -> assertThat(pace).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60)));
    }

    @Property
    void whatIsAnnouncedIsWhatIsKept(@ForAll @BigRange(min = "1", max = "60") @Scale(3) BigDecimal seconds) {
        Optional<Duration> pace = Subscription.heartbeats(seconds.toPlainString() + "s");
        assertThat(pace).contains(Duration.ofMillis(seconds.movePointRight(3).longValueExact()));
        assertThat(Subscription.heartbeats(Subscription.format(pace.orElseThrow())))
                .isEqualTo(pace);
    }

    @Property
    void theEchoIsOneOfTwo(@ForAll("headers") String header) {
        assertThat(Subscription.echo(header)).isIn("true", "?1");
        assertThat(Subscription.isWanted(header))
                .isEqualTo(!header.strip().equals("?0") && !header.strip().equalsIgnoreCase("false"));
    }
}
