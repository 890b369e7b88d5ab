package org.xfchat.limit;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who is believed about whom it asks for: as many proxies as every request comes through, whatever their addresses, or those
 * with certain addresses, however many.
 *
 * @param hops how many; 0 where it is the addresses that count
 * @param networks theirs (RFC 4632, RFC 4291); empty where it is the number that counts
 */
public record TrustedProxies(int hops, List<IpSubnetFilterRule> networks) {
    /** Nobody. */
    static final TrustedProxies NONE = new TrustedProxies(0, List.of());

    /**
     * Reads a number from 1 to 9, or a list such as {@code 192.0.2.7, 10.20.0.0/16, fd00::7}.
     *
     * @throws IllegalArgumentException where something is no address and no network, or a network of everybody; names are not
     *     looked up
     */
    public static TrustedProxies parse(String text) {
        if (text.strip().matches("[1-9]")) {
            return new TrustedProxies(Integer.parseInt(text.strip()), List.of());
        }
        return new TrustedProxies(
                0,
                Stream.of(text.split(",", -1))
                        .map(each -> network(each.strip()))
                        .toList());
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("no address"));
        String bits = slash < 0 ? String.valueOf(address.getAddress().length * Byte.SIZE) : text.substring(slash + 1);
        if (!bits.matches("[1-9]\\d{0,2}")) {
            throw new IllegalArgumentException("no network, or everybody");
        }
        return new IpSubnetFilterRule(address, Integer.parseInt(bits), IpFilterRuleType.ACCEPT);
    }

    /** The address that is written there, an IPv6 form of an IPv4 address as that; empty for everything else. */
    static Optional<InetAddress> address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("it has four or sixteen bytes", impossible);
        }
    }

    /**
     * Whether one that asks is among them.
     *
     * @param nearer how many of them stand between it and the service
     */
    boolean contain(InetAddress address, int nearer) {
        if (nearer < hops) {
            return true;
        }
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.matches(socket));
    }
}
