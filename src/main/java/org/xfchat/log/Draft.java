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
 */
public record Draft(
        UUID conversationId,
        UUID id,
        UUID senderId,
        @Nullable String version,
        List<String> parents,
        String type,
        String content,
        Map<String, Object> attributes) {
    /** The version to store: null where it is the id. */
    @Nullable
    String storedVersion() {
        return id.toString().equals(version) ? null : version;
    }

    String versionOrId() {
        return version == null ? id.toString() : version;
    }
}
