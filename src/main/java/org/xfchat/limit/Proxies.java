package org.xfchat.limit;

import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who calls, and how, where proxies stand between. Only what a trusted proxy has written counts: it adds the address that
 * it sees at the right end of {@code X-Forwarded-For}, and what stands left of that anybody may have sent. (Quarkus' own
 * forwarding takes the first, which is the caller's to choose.)
 */
@Singleton
public class Proxies {
    /** Of an IPv6 address: whom a network is given to can use all of it. */
    private static final int PREFIX_BYTES = 8;

    /** As some proxies write it: with a port, an IPv6 address in brackets then. */
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^\\]]+)](?::\\d+)?|([\\d.]+):\\d+");

    private final List<Network> trusted;

    Proxies(LimitConfig config) {
        this.trusted = config.trustedProxies().map(Network::list).orElse(List.of());
    }

    /** The caller's address, of IPv6 its /64. */
    public String client(RoutingContext request) {
        return remote(request).map(remote -> client(remote, hops(request))).orElse("unknown");
    }

    /**
     * The nearest that is no proxy of ours.
     *
     * @param hops what the headers say, the nearest last
     */
    String client(InetAddress remote, List<String> hops) {
        InetAddress address = remote;
        for (int i = hops.size() - 1; i >= 0 && isTrusted(address); i--) {
            Optional<InetAddress> before = read(hops.get(i));
            if (before.isEmpty()) {
                break;
            }
            address = before.get();
        }
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, PREFIX_BYTES)
                : address.getHostAddress();
    }

    /** Whether the caller came over TLS, as far as is known here. */
    public boolean isSecure(RoutingContext request) {
        return request.request().isSSL()
                || ("https".equalsIgnoreCase(request.request().getHeader("X-Forwarded-Proto"))
                        && remote(request).filter(this::isTrusted).isPresent());
    }

    private boolean isTrusted(InetAddress address) {
        for (Network network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<InetAddress> remote(RoutingContext request) {
        SocketAddress remote = request.request().remoteAddress();
        return remote == null || remote.hostAddress() == null
                ? Optional.empty()
                : Network.literal(remote.hostAddress());
    }

    private static List<String> hops(RoutingContext request) {
        List<String> hops = new ArrayList<>();
        for (String line : request.request().headers().getAll("X-Forwarded-For")) {
            hops.addAll(List.of(line.split(",", -1)));
        }
        return hops;
    }

    private static Optional<InetAddress> read(String hop) {
        String text = hop.strip();
        Matcher port = WITH_PORT.matcher(text);
        if (port.matches()) {
            text = port.group(1) != null ? port.group(1) : port.group(2);
        }
        return Network.literal(text);
    }
}
