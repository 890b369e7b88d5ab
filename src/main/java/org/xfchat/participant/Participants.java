package org.xfchat.participant;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Who takes part in a conversation, and how far each has read.
 *
 * @param readSeqs by user id; empty for the room
 */
public record Participants(Map<UUID, Long> readSeqs) {
    /** As two arrays have them, of which each place is one participant's. */
    public static Participants of(UUID[] users, Long[] readSeqs) {
        Map<UUID, Long> all = new HashMap<>();
        for (int i = 0; i < users.length; i++) {
            all.put(users[i], readSeqs[i]);
        }
        return new Participants(all);
    }

    /** Whether an entry was read by the other side: by anybody but its sender. */
    public boolean haveRead(long seq, UUID sender) {
        return readSeqs.entrySet().stream()
                .anyMatch(reader -> reader.getValue() >= seq && !reader.getKey().equals(sender));
    }

    /** Everybody but this one. */
    public List<UUID> others(UUID user) {
        return readSeqs.keySet().stream().filter(other -> !other.equals(user)).toList();
    }
}
