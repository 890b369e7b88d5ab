package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static InetAddress address(String text) {
        return TrustedProxies.address(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "128.0.0.0/1, 203.0.113.9, true",
        "128.0.0.0/1, ::1, false",
        "8000::/1, fd00::1, true",
        "8000::/1, 203.0.113.9, false",
        "192.0.2.0/31, 192.0.2.1, true",
        "192.0.2.0/31, 192.0.2.2, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe80::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true"
    })
    void containWhoeverBeginsWithTheSameBits(String network, String address, boolean contained) {
        assertThat(TrustedProxies.parse(network).contain(address(address), 0)).isEqualTo(contained);
    }

    @Test
    void areReadFromAList() {
        TrustedProxies listed = TrustedProxies.parse("10.0.0.0/8, 192.0.2.7,fd00::/8");
        assertThat(listed.hops()).isZero();
        assertThat(listed.networks()).hasSize(3);
    }

    @Test
    void areCounted() {
        TrustedProxies two = TrustedProxies.parse(" 2 ");
        assertThat(two.contain(address("203.0.113.9"), 0)).isTrue();
        assertThat(two.contain(address("203.0.113.9"), 1)).isTrue();
        assertThat(two.contain(address("203.0.113.9"), 2)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "0",
                "10",
                "-1",
                "1,2",
                "1, 192.0.2.7",
                "0.0.0.0/0",
                "::/0",
                "10.0.0.0/08",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0/8",
                "::1/129",
                "10.0.0.0/8,",
                "*",
                "10.0.0.0/8/8",
                "10.0.0.0/x"
            })
    void refuseWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TrustedProxies.parse(text));
    }
}
