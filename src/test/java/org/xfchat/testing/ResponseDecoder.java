package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes one HTTP/1.1 answer apart as its bytes come in, in whatever pieces (RFC 9112 sections 4, 6 and 7.1).
 *
 * <p>What is no such answer is an {@link AssertionError}.
 */
final class ResponseDecoder {
    private static final int MAX_HEAD = 32 << 10;

    /** What is told, in the order in which it comes. */
    interface Sink {
        /** Status and header fields; names in lower case, equal ones joined by commas. */
        void head(int status, Map<String, String> headers);

        /** A piece of the body, never more than arrived in one piece, nor across a border of two chunks. */
        void body(byte[] piece);
    }

    private enum State {
        STATUS,
        HEADER,
        SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        LENGTH,
        UNTIL_CLOSED,
        COMPLETE
    }

    private final Sink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Map<String, String> headers = new TreeMap<>();
    private State state = State.STATUS;
    private int status;
    private long left;

    ResponseDecoder(Sink sink) {
        this.sink = sink;
    }

    /** Whether the whole answer is there, its last chunk included. */
    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Whether only the end of the connection says where the body ends. */
    boolean endsWithConnection() {
        return state == State.UNTIL_CLOSED;
    }

    /** Takes the next bytes. */
    void feed(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            switch (state) {
                case CHUNK, LENGTH, UNTIL_CLOSED -> at += body(bytes, at, length);
                case COMPLETE ->
                    throw new AssertionError(
                            "bytes after the answer: " + new String(bytes, at, length - at, ISO_8859_1));
                default -> {
                    byte next = bytes[at++];
                    if (next != '\n') {
                        line.write(next);
                        if (line.size() > MAX_HEAD) {
                            throw new AssertionError("an endless line: " + line.toString(ISO_8859_1));
                        }
                    } else {
                        String text = line.toString(ISO_8859_1);
                        line.reset();
                        if (!text.endsWith("\r")) {
                            throw new AssertionError("a line without CR: " + text);
                        }
                        line(text.substring(0, text.length() - 1));
                    }
                }
            }
        }
    }

    private int body(byte[] bytes, int from, int to) {
        int length = (int) Math.min(left, to - from);
        byte[] piece = new byte[length];
        System.arraycopy(bytes, from, piece, 0, length);
        if (state != State.UNTIL_CLOSED) {
            left -= length;
            if (left == 0) {
                state = state == State.CHUNK ? State.CHUNK_END : State.COMPLETE;
            }
        }
        sink.body(piece);
        return length;
    }

    private void line(String text) {
        switch (state) {
            case STATUS -> {
                if (!text.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
                    throw new AssertionError("no status line: " + text);
                }
                status = Integer.parseInt(text.substring(9, 12));
                state = State.HEADER;
            }
            case HEADER -> {
                if (text.isEmpty()) {
                    endOfHead();
                } else {
                    header(text);
                }
            }
            case SIZE -> {
                if (!text.matches("[0-9a-fA-F]{1,8}")) {
                    throw new AssertionError("no chunk size: " + text);
                }
                left = Long.parseLong(text, 16);
                state = left == 0 ? State.TRAILER : State.CHUNK;
            }
            case CHUNK_END -> {
                if (!text.isEmpty()) {
                    throw new AssertionError("a chunk is longer than it says: " + text);
                }
                state = State.SIZE;
            }
            case TRAILER -> state = text.isEmpty() ? State.COMPLETE : State.TRAILER;
            default -> throw new IllegalStateException(state.name());
        }
    }

    private void header(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new AssertionError("no header field: " + text);
        }
        headers.merge(
                text.substring(0, colon).toLowerCase(Locale.ROOT),
                text.substring(colon + 1).strip(),
                (first, second) -> first + ", " + second);
    }

    private void endOfHead() {
        @Nullable String length = headers.get("content-length");
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            state = State.SIZE;
        } else if (length != null) {
            left = Long.parseLong(length);
            state = left == 0 ? State.COMPLETE : State.LENGTH;
        } else if (status == 204 || status == 304) {
            state = State.COMPLETE;
        } else {
            left = Long.MAX_VALUE;
            state = State.UNTIL_CLOSED;
        }
        sink.head(status, Map.copyOf(headers));
    }
}
