package org.xfchat.log;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An entry as it is read.
 *
 * @param version the client's, else the id
 * @param parent the version of the previous entry, of the first one the conversation's id
 * @param content the whole text unless asked otherwise
 * @param whole whether {@code content} is the whole text
 */
public record Entry(
        UUID id,
        UUID conversationId,
        long seq,
        UUID senderId,
        String version,
        String parent,
        String type,
        String content,
        boolean whole,
        Map<String, Object> attributes,
        Instant createdAt) {
    /** What JSON and a protocol say around the text. */
    private static final int FRAME_BYTES = 512;

    /** Of a UTF-16 unit that is written as an escape. */
    private static final int ESCAPED = 6;

    /** How many bytes it has at most where it is written as JSON of 7 bits, in which everything else is escaped. */
    public long encodedBytes() {
        long bytes = FRAME_BYTES + escaped(content) + 2L * (escaped(version) + escaped(parent));
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            bytes += escaped(attribute.getKey()) + escaped(String.valueOf(attribute.getValue())) + ESCAPED;
        }
        return bytes;
    }

    private static long escaped(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < ' ' || unit >= 0x7f) {
                bytes += ESCAPED - 1;
            } else if (unit == '"' || unit == '\\') {
                bytes++;
            }
        }
        return bytes;
    }

    /** What its text takes in memory, in bytes. */
    public long textBytes() {
        return 2L * content.length();
    }
}
