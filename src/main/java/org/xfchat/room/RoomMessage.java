package org.xfchat.room;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.xfchat.log.Entry;

/**
 * The contract's {@code ChatRoomMsg}.
 *
 * @param author the sender's name when it was sent
 * @param version {@code v} and the position in the room's log
 */
@RegisterForReflection
public record RoomMessage(String text, String author, Instant timestamp, String version) {
    /** Of an entry's attributes. */
    static final String AUTHOR = "author";

    static RoomMessage of(Entry entry) {
        return new RoomMessage(
                entry.content(),
                String.valueOf(entry.attributes().getOrDefault(AUTHOR, "")),
                entry.createdAt(),
                version(entry.seq()));
    }

    static String version(long seq) {
        return "v" + seq;
    }
}
