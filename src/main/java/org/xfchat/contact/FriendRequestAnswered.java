package org.xfchat.contact;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request was answered for the first time. Fired after the commit.
 *
 * @param from who had asked
 * @param to who has answered
 * @param conversation the two's, where the answer was yes; else null
 */
public record FriendRequestAnswered(
        UUID requestId, UUID from, UUID to, @Nullable UUID conversation) {
    public boolean accepted() {
        return conversation != null;
    }
}
