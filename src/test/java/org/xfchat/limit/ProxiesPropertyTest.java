package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nobody chooses the address by which it is known, whatever it sends, from wherever it calls. */
class ProxiesPropertyTest {
    private static final List<String> PROXIES = List.of("10.0.0.7", "192.0.2.1", "10.9.9.9");

    /** By the setting, which takes its time to be read. */
    private static final Map<String, Proxies> MADE = new ConcurrentHashMap<>();

    /** What a client may send of its own, entry by entry. */
    @Provide
    Arbitrary<List<String>> sent() {
        return Arbitraries.oneOf(
                        Arbitraries.of(PROXIES),
                        Arbitraries.of("127.0.0.1", "::1", "unknown", "", " ", "_x", "1", "[::1]:1", "10.0.0.7:80"),
                        Arbitraries.strings().ascii().ofMaxLength(8))
                .list()
                .ofMaxSize(4);
    }

    /** Where it really is: somewhere else than every proxy, also right beside them. */
    @Provide
    Arbitrary<String> client() {
        return Combinators.combine(
                        Arbitraries.of("10.0.0.", "192.0.2.", "10.9.9.", "203.0.113."),
                        Arbitraries.integers().between(0, 255))
                .as((network, host) -> network + host)
                .filter(address -> !PROXIES.contains(address));
    }

    /**
     * What reaches the service through so many proxies, each of which adds whom it sees.
     *
     * @param anew whether the outermost one takes what was sent away, as ingress-nginx does
     */
    private static List<String> header(List<String> sent, String client, int proxies, boolean anew) {
        List<String> header = new ArrayList<>(anew ? List.of() : sent);
        String seen = client;
        for (int i = 0; i < proxies; i++) {
            header.add(seen);
            seen = PROXIES.get(i);
        }
        return header;
    }

    private static Proxies trusting(String proxies) {
        return MADE.computeIfAbsent(
                proxies, setting -> new Proxies(TestLimits.with(Map.of("trusted-proxies", setting))));
    }

    @Property
    void throughAnyNumberOfProxies(
            @ForAll @From("sent") List<String> sent, @ForAll @From("client") String client, @ForAll boolean anew) {
        for (int proxies = 0; proxies <= PROXIES.size(); proxies++) {
            List<String> header = header(sent, client, proxies, anew && proxies > 0);
            String remote = proxies == 0 ? client : PROXIES.get(proxies - 1);
            for (String trusted : proxies == 0
                    ? List.of("", String.join(",", PROXIES))
                    : List.of(String.valueOf(proxies), String.join(",", PROXIES))) {
                assertThat(trusting(trusted)
                                .client(TrustedProxies.address(remote).orElseThrow(), header))
                        .as("%s of %s, trusting %s", header, remote, trusted)
                        .isEqualTo(client);
            }
        }
    }

    /** A proxy says once how it was asked, in the place of what the client said or right of it. */
    @Property
    void norHowItCalls(
            @ForAll @From("client") String client,
            @ForAll List<@From("protocols") String> sent,
            @ForAll boolean secure) {
        List<String> header = new ArrayList<>(sent);
        header.add(secure ? "https" : "http");
        for (String trusted : List.of("1", PROXIES.get(0))) {
            assertThat(trusting(trusted)
                            .isSecure(TrustedProxies.address(PROXIES.get(0)).orElseThrow(), List.of(client), header))
                    .isEqualTo(secure);
        }
        assertThat(trusting(PROXIES.get(0))
                        .isSecure(TrustedProxies.address(client).orElseThrow(), List.of(PROXIES.get(0)), header))
                .isFalse();
    }

    @Provide
    Arbitrary<String> protocols() {
        return Arbitraries.of("https", "http", "HTTPS", "", "wss");
    }
}
