package org.xfchat.log;

import java.util.UUID;

/**
 * A state of a conversation's log.
 *
 * @param seq of the newest entry in it, 0 for the empty log
 * @param version its only name
 */
public record Position(long seq, String version) {
    public static Position root(UUID conversation) {
        return new Position(0, conversation.toString());
    }
}
