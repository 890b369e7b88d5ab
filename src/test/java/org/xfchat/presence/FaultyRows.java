package org.xfchat.presence;

import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;

/** The presence of all tests with the service inside: it fails with an error where a test has asked for that, once each time. */
@Mock
@Singleton
class FaultyRows extends PresenceRows {
    /** What may fail. */
    enum Writing {
        ARRIVE,
        LEAVE,
        RENEW,
        REAP
    }

    private static final AtomicReference<@Nullable Writing> NEXT = new AtomicReference<>();

    FaultyRows(Transactions transactions, NativeSql sql) {
        super(transactions, sql);
    }

    static void failOnce(Writing writing) {
        NEXT.set(writing);
    }

    /** Whether that has happened. */
    static boolean hasFailed() {
        return NEXT.get() == null;
    }

    private static void failIfAsked(Writing writing) {
        if (NEXT.compareAndSet(writing, null)) {
            throw new StackOverflowError("asked for by a test");
        }
    }

    @Override
    boolean renew(UUID replica, Duration lease) {
        failIfAsked(Writing.RENEW);
        return super.renew(replica, lease);
    }

    @Override
    Outcome arrive(UUID replica, List<UUID> users) {
        failIfAsked(Writing.ARRIVE);
        return super.arrive(replica, users);
    }

    @Override
    Outcome leave(UUID replica, List<StreamCounter.Left> left) {
        failIfAsked(Writing.LEAVE);
        return super.leave(replica, left);
    }

    @Override
    Reaped reap() {
        failIfAsked(Writing.REAP);
        return super.reap();
    }
}
