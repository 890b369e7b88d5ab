package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
    private static final String PROXY = "10.0.0.7";

    private static String client(String trusted, String remote, String... hops) {
        Proxies proxies = new Proxies(TestLimits.with(Map.of("trusted-proxies", trusted)));
        return proxies.client(Network.literal(remote).orElseThrow(), List.of(hops));
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
