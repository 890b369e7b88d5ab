package org.xfchat.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Server-sent events (WHATWG HTML, section 9.2) as the old client can read them: one space after each colon, one line of data. */
public final class ServerSentEvents {
    private static final String MEDIA_TYPE = "text/event-stream";
    private static final Pattern ID = Pattern.compile("(\\d{1,18})(?:-(\\d{1,9}))?");
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final String COMMENT = ":\n\n";
    private static final byte[] NO_DATA = "{}".getBytes(StandardCharsets.US_ASCII);

    /** How long a client waits before it comes back. */
    private static final int RETRY_MILLIS = 2000;

    /** The parameter of a query in which polyfills of EventSource, which cannot set a header, say what the header says. */
    public static final String LAST_EVENT_ID = "lastEventId";

    private ServerSentEvents() {}

    /**
     * The last event that the client has, by the header, else by the query; null where it has none.
     *
     * @param parameter {@link #LAST_EVENT_ID}; null or empty for none
     */
    public static @Nullable String lastEventId(RoutingContext http, @Nullable String parameter) {
        String header = RequestHeaders.text(http, "Last-Event-ID");
        return header == null && parameter != null && !parameter.isEmpty() ? parameter : header;
    }

    /**
     * How such a stream begins.
     *
     * @param headers beside the content type
     */
    public static ResponseHead head(String kind, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", MEDIA_TYPE);
        return new ResponseHead(kind, 200, all, ": ok\n\nretry: " + RETRY_MILLIS + "\n\n", COMMENT, HEARTBEAT);
    }

    /**
     * One event.
     *
     * @param id null for none
     * @param data one line of 7-bit text
     */
    public static Buffer event(@Nullable String id, String name, byte[] data) {
        Buffer event = Buffer.buffer(data.length + 64);
        if (id != null) {
            event.appendString("id: ").appendString(id).appendString("\n");
        }
        return event.appendString("event: ")
                .appendString(name)
                .appendString("\ndata: ")
                .appendBytes(data)
                .appendString("\n\n");
    }

    /** The event that tells a client to forget what it has: what it knows is not known here. */
    public static Buffer reset() {
        return event(null, "reset", NO_DATA);
    }

    /** An event's id: its position in the log, with the epoch unless that is 0. */
    public static String id(long seq, int epoch) {
        return epoch == 0 ? String.valueOf(seq) : seq + "-" + epoch;
    }

    /**
     * The position that a {@code Last-Event-ID} names; empty when it is none of this epoch, or beyond the end.
     *
     * @param head the newest position
     */
    public static OptionalLong position(String lastEventId, int epoch, long head) {
        Matcher id = ID.matcher(lastEventId);
        if (!id.matches() || (id.group(2) == null ? 0 : Integer.parseInt(id.group(2))) != epoch) {
            return OptionalLong.empty();
        }
        long seq = Long.parseLong(id.group(1));
        return seq <= head ? OptionalLong.of(seq) : OptionalLong.empty();
    }

    /** Whether an {@code Accept} header asks for this form, with a weight above 0 (RFC 9110 section 12.5.1). */
    public static boolean isAccepted(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        for (String range : accept.split(",", -1)) {
            String[] parts = range.strip().split(";", -1);
            if (parts[0].strip().equalsIgnoreCase(MEDIA_TYPE)) {
                boolean refused = false;
                for (int i = 1; i < parts.length; i++) {
                    refused |= parts[i].strip().toLowerCase(Locale.ROOT).matches("q\\s*=\\s*0(\\.0*)?");
                }
                return !refused;
            }
        }
        return false;
    }
}
