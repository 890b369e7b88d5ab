package org.xfchat.conversation;

import java.util.Map;
import java.util.UUID;

/**
 * Who takes part in a conversation, and how far each has read.
 *
 * @param readSeqs by user id; empty for the room
 */
public record Participants(Map<UUID, Long> readSeqs) {
    /** Whether an entry was read by the other side: by anybody but its sender. */
    public boolean haveRead(long seq, UUID sender) {
        return readSeqs.entrySet().stream()
                .anyMatch(reader -> reader.getValue() >= seq && !reader.getKey().equals(sender));
    }
}
