package org.xfchat.log;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks to be appended, well-formed but not yet decided.
 *
 * @param version the client's, null where it sent none; one of UUID form is the id
 * @param parents versions that must be in the log; empty for none
 * @param attributes what the type needs beside the content; empty for text
 * @param room whether it is for the room, where every live account writes; else for a direct or group conversation
 */
public record Draft(
        UUID conversationId,
        UUID id,
        UUID senderId,
        @Nullable String version,
        List<String> parents,
        String type,
        String content,
        Map<String, Object> attributes,
        boolean room) {
    /** The version to store: null where it is the id. */
    @Nullable
    String storedVersion() {
        return id.toString().equals(version) ? null : version;
    }

    String versionOrId() {
        return version == null ? id.toString() : version;
    }

    /** Bytes of the content as UTF-8, counted without encoding it. */
    int contentBytes() {
        int bytes = content.length();
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c >= 0x80) {
                // A surrogate pair is four bytes, two for each half.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
