package org.xfchat.braid;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the updates of a 209 response (Braid-HTTP 04, section 3; range-patch 01 for appends).
 *
 * <p>{@code Version} comes first, because braid-http 1.3.80 takes a first header that begins with {@code E} for something
 * else; {@code Content-Length} is never missing; the body is JSON with every element of the array on a line of its own,
 * which is how the old client finds the messages in it.
 */
public final class Updates {
    /** Between updates, and between anything else: nothing. */
    public static final String BLANK_LINE = "\r\n";

    private Updates() {}

    /**
     * The whole state.
     *
     * @param version null while there is no version
     * @param parent the version before; null at the beginning
     * @param state a JSON array as {@link #array} writes it
     */
    public static byte[] snapshot(@Nullable String version, @Nullable String parent, byte[] state) {
        return update(version, parent, "", state);
    }

    /**
     * One element more at the end of the array. The range is the end, not an index: a state is a window, and how long a
     * resumed client's array is, the server does not know.
     */
    public static byte[] append(String version, String parent, byte[] element) {
        return update(version, parent, "Content-Range: json [-0:-0]\r\n", array(List.of(element)));
    }

    private static byte[] update(@Nullable String version, @Nullable String parent, String range, byte[] body) {
        StringBuilder head = new StringBuilder(256);
        if (version != null) {
            head.append("Version: ").append(VersionHeader.format(version)).append("\r\n");
        }
        if (parent != null) {
            head.append("Parents: ").append(VersionHeader.format(parent)).append("\r\n");
        }
        head.append("Content-Type: application/json\r\n")
                .append(range)
                .append("Content-Length: ")
                .append(body.length)
                .append("\r\n\r\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + body.length + 4);
        out.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        out.writeBytes("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /** A JSON array with each element, and each comma, on a line of its own; {@code []} for none. */
    public static byte[] array(List<byte[]> elements) {
        if (elements.isEmpty()) {
            return "[]".getBytes(StandardCharsets.US_ASCII);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write('[');
        for (int i = 0; i < elements.size(); i++) {
            out.writeBytes((i == 0 ? "\n" : "\n,\n").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(elements.get(i));
        }
        out.writeBytes("\n]".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
