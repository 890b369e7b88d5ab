package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
    private static final String PROXY = "10.0.0.7";

    private static String client(String trusted, String remote, String... hops) {
        Proxies proxies = new Proxies(TestLimits.with(Map.of("trusted-proxies", trusted)));
        return proxies.client(TrustedProxies.address(remote).orElseThrow(), List.of(hops));
    }

    @Test
    void theConnectionCountsWhereNobodyIsTrusted() {
        assertThat(client("", "203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
    }

    @Test
    void theConnectionCountsWhereItIsNotTheProxys() {
        assertThat(client("10.0.0.0/8", "203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
    }

    @Test
    void aProxySaysForWhomItAsks() {
        assertThat(client("10.0.0.0/8", PROXY, " 198.51.100.1 ")).isEqualTo("198.51.100.1");
    }

    /** Whatever a caller sends himself ends up left of what the proxy saw. */
    @Test
    void whatACallerInventsDoesNotCount() {
        assertThat(client("10.0.0.0/8", PROXY, "192.0.2.66", "198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(client("10.0.0.0/8", PROXY, "10.0.0.1", "198.51.100.1")).isEqualTo("198.51.100.1");
    }

    @Test
    void severalProxiesInARowAreFollowed() {
        assertThat(client("10.0.0.0/8,192.0.2.1", PROXY, "203.0.113.9", "198.51.100.1", "192.0.2.1", "10.9.9.9"))
                .isEqualTo("198.51.100.1");
    }

    /** Who has one of those addresses cannot be told from them, so the list names no clients: each is one host's. */
    @Test
    void asManyAsThereAreAreFollowedWhateverTheirAddress() {
        assertThat(client("1", PROXY, "192.0.2.66", "198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(client("1", PROXY, "192.0.2.66", PROXY)).isEqualTo(PROXY);
        assertThat(client("2", PROXY, "192.0.2.66", "198.51.100.1", "203.0.113.9"))
                .isEqualTo("198.51.100.1");
        assertThat(client("2", PROXY, "198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(client("2", PROXY)).isEqualTo(PROXY);
    }

    @Test
    void aNeighbourOfTheProxyIsNone() {
        assertThat(client(PROXY, "10.0.0.8", "192.0.2.66")).isEqualTo("10.0.0.8");
        assertThat(client(PROXY, PROXY, "192.0.2.66", "10.0.0.8")).isEqualTo("10.0.0.8");
    }

    private static boolean isSecure(String trusted, String remote, List<String> hops, String... protocols) {
        Proxies proxies = new Proxies(TestLimits.with(Map.of("trusted-proxies", trusted)));
        return proxies.isSecure(TrustedProxies.address(remote).orElseThrow(), hops, List.of(protocols));
    }

    @Test
    void theOutermostProxySaysHowItWasAsked() {
        List<String> once = List.of("198.51.100.1");
        for (String trusted : List.of("1", PROXY)) {
            assertThat(isSecure(trusted, PROXY, once, "https")).isTrue();
            assertThat(isSecure(trusted, PROXY, once, "https", " http")).isFalse();
            assertThat(isSecure(trusted, PROXY, once, "http", " HTTPS ")).isTrue();
            assertThat(isSecure(trusted, PROXY, once)).isFalse();
        }
        assertThat(isSecure("", PROXY, once, "https")).isFalse();
        assertThat(isSecure("10.0.0.8", PROXY, once, "https")).isFalse();
        List<String> twice = List.of("198.51.100.1", "203.0.113.9");
        assertThat(isSecure("2", PROXY, twice, "https", "http")).isTrue();
        assertThat(isSecure("2", PROXY, twice, "http", "https", "http")).isTrue();
        assertThat(isSecure("2", PROXY, twice, "https", "http", "https")).isFalse();
        assertThat(isSecure("2", PROXY, twice, "https")).isTrue();
    }

    @Test
    void whatIsNoAddressEndsTheChain() {
        assertThat(client("10.0.0.0/8", PROXY, "198.51.100.1", "unknown")).isEqualTo(PROXY);
        assertThat(client("10.0.0.0/8", PROXY, "")).isEqualTo(PROXY);
        assertThat(client("10.0.0.0/8", PROXY)).isEqualTo(PROXY);
    }

    @Test
    void aPortIsNoPartOfIt() {
        assertThat(client("10.0.0.0/8", PROXY, "198.51.100.1:4711")).isEqualTo("198.51.100.1");
        assertThat(client("10.0.0.0/8", PROXY, "[2001:db8::1]:4711")).isEqualTo("20010db800000000");
        assertThat(client("10.0.0.0/8", PROXY, "[2001:db8::1]")).isEqualTo("20010db800000000");
    }

    @Test
    void ofIpv6TheNetworkCounts() {
        assertThat(client("", "2001:db8:1:2::1")).isEqualTo(client("", "2001:db8:1:2:ffff::2"));
        assertThat(client("", "2001:db8:1:2::1")).isNotEqualTo(client("", "2001:db8:1:3::1"));
        assertThat(client("", "::ffff:198.51.100.1")).isEqualTo("198.51.100.1");
    }
}
