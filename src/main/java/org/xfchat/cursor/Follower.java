package org.xfchat.cursor;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.xfchat.conversation.Conversations.Reader;

/** Somebody who wants to know when a conversation's log may have grown. */
public interface Follower {
    /** The thread on which it is woken. */
    EventLoop loop();

    /** The log may have grown. */
    void wake();

    /** It must not go on. From any thread. */
    void abort(String why);

    /** Whose participation is to be checked from time to time; null where there is none to check. */
    @Nullable
    Reader reader();
}
