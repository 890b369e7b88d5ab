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
        Instant createdAt) {}
