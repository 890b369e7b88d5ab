package org.xfchat.log;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.xfchat.stream.StreamClosed;
import org.xfchat.stream.StreamOpened;

/** Hears what the service announces in all tests with the service inside, and fails with an error where a test has asked for it. */
@Singleton
public class FaultyObserver {
    private static final Set<UUID> NEXT = ConcurrentHashMap.newKeySet();

    /** Lets what is announced next about this user's streams, or this conversation, fail. */
    public static void failOnce(UUID subject) {
        NEXT.add(subject);
    }

    /** Whether that has happened. */
    public static boolean hasFailed(UUID subject) {
        return !NEXT.contains(subject);
    }

    private static void failIfAsked(UUID subject) {
        if (NEXT.remove(subject)) {
            throw new NoClassDefFoundError("asked for by a test");
        }
    }

    void committed(@Observes Committed committed) {
        failIfAsked(committed.conversation());
    }

    void opened(@Observes StreamOpened opened) {
        failIfAsked(opened.userId());
    }

    void closed(@Observes StreamClosed closed) {
        failIfAsked(closed.userId());
    }
}
