package org.xfchat.limit;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An address, or all that begin with the same bits (RFC 4632, RFC 4291).
 *
 * @param address its first
 * @param bits how many are the same
 */
public record Network(InetAddress address, int bits) {
    /**
     * Reads a list such as {@code 10.0.0.0/8, 192.0.2.7, fd00::/8}.
     *
     * @throws IllegalArgumentException where something is no address and no network; names are not looked up
     */
    public static List<Network> list(String text) {
        return Stream.of(text.split(",", -1)).map(each -> parse(each.strip())).toList();
    }

    private static Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("no address"));
        int width = address.getAddress().length * Byte.SIZE;
        String bits = slash < 0 ? String.valueOf(width) : text.substring(slash + 1);
        if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > width) {
            throw new IllegalArgumentException("no network");
        }
        return new Network(address, Integer.parseInt(bits));
    }

    /** The address that is written there, an IPv6 form of an IPv4 address as that; empty for everything else. */
    static Optional<InetAddress> literal(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("it has four or sixteen bytes", impossible);
        }
    }

    boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit)) & 0xff;
            if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
