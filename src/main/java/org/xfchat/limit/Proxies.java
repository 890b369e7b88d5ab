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
 * Who calls, and how, where proxies stand between. Only what a trusted proxy has written counts: each adds the address that it
 * sees at the right end of {@code X-Forwarded-For}, so that the client is what the outermost of them has written, and what
 * stands left of that anybody may have sent. (Quarkus' own forwarding takes the first, which is the caller's to choose.)
 */
@Singleton
public class Proxies {
    /** Of an IPv6 address: whom a network is given to can use all of it. */
    private static final int PREFIX_BYTES = 8;

    /** As some proxies write it: with a port, an IPv6 address in brackets then. */
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^\\]]+)](?::\\d+)?|([\\d.]+):\\d+");

    private final TrustedProxies trusted;

    Proxies(LimitConfig config) {
        this.trusted = config.trustedProxies().map(TrustedProxies::parse).orElse(TrustedProxies.NONE);
    }

    /**
     * Where a request comes from.
     *
     * @param proxies how many of those that are trusted it has come through
     */
    private record Origin(InetAddress address, int proxies) {}

    /** The caller's address, of IPv6 its /64. */
    public String client(RoutingContext request) {
        return remote(request)
                .map(remote -> client(remote, entries(request, "X-Forwarded-For")))
                .orElse("unknown");
    }

    /**
     * The nearest that is no proxy of ours.
     *
     * @param forwardedFor what the headers say, the nearest last
     */
    String client(InetAddress remote, List<String> forwardedFor) {
        InetAddress address = origin(remote, forwardedFor).address();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, PREFIX_BYTES)
                : address.getHostAddress();
    }

    /** Whether the caller came over TLS, as far as is known here. */
    public boolean isSecure(RoutingContext request) {
        return request.request().isSSL()
                || remote(request)
                        .filter(remote -> isSecure(
                                remote, entries(request, "X-Forwarded-For"), entries(request, "X-Forwarded-Proto")))
                        .isPresent();
    }

    /**
     * The same by what the outermost trusted proxy says.
     *
     * @param forwardedProto what the headers say, the nearest last; a proxy sets it anew, or adds to it
     */
    boolean isSecure(InetAddress remote, List<String> forwardedFor, List<String> forwardedProto) {
        int proxies = origin(remote, forwardedFor).proxies();
        return proxies > 0
                && !forwardedProto.isEmpty()
                && forwardedProto
                        .get(Math.max(0, forwardedProto.size() - proxies))
                        .strip()
                        .equalsIgnoreCase("https");
    }

    private Origin origin(InetAddress remote, List<String> forwardedFor) {
        InetAddress address = remote;
        int proxies = 0;
        while (trusted.contain(address, proxies)) {
            proxies++;
            int entry = forwardedFor.size() - proxies;
            Optional<InetAddress> before = entry < 0 ? Optional.empty() : read(forwardedFor.get(entry));
            if (before.isEmpty()) {
                break;
            }
            address = before.get();
        }
        return new Origin(address, proxies);
    }

    private static Optional<InetAddress> remote(RoutingContext request) {
        SocketAddress remote = request.request().remoteAddress();
        return remote == null || remote.hostAddress() == null
                ? Optional.empty()
                : TrustedProxies.address(remote.hostAddress());
    }

    /** Of all its lines. */
    private static List<String> entries(RoutingContext request, String header) {
        List<String> entries = new ArrayList<>();
        for (String line : request.request().headers().getAll(header)) {
            entries.addAll(List.of(line.split(",", -1)));
        }
        return entries;
    }

    private static Optional<InetAddress> read(String entry) {
        String text = entry.strip();
        Matcher port = WITH_PORT.matcher(text);
        if (port.matches()) {
            text = port.group(1) != null ? port.group(1) : port.group(2);
        }
        return TrustedProxies.address(text);
    }
}
