package org.xfchat.presence;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What presence has announced in this JVM. */
@Singleton
public class Announcements {
    private final Queue<PresenceChanged> all = new ConcurrentLinkedQueue<>();

    void changed(@Observes PresenceChanged change) {
        all.add(change);
    }

    /** Those about one user, in their order. */
    List<PresenceChanged> of(UUID user) {
        return all.stream().filter(change -> change.userId().equals(user)).toList();
    }
}
