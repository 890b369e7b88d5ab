package org.xfchat.memory;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.vertx.core.Context;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** The memory for what is held for clients: how much there is, and who has how much of it. Safe for any thread. */
@Singleton
public class ClientMemory {
    private static final int PART_OF_HEAP = 4;

    /** How long a large page waits for memory before it is refused: others' pages go within that, and the deadline is far. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How often all the memory must have been given back before the last of those who wait has some. */
    private static final int ROUNDS = 2;

    /** Whoever waits holds a thread. */
    private static final int MOST_WAITING = 32;

    private static final int MOST_WAITING_OF_HOLDER = 2;

    /** Somebody who waits for a reservation to become larger. Under the lock. */
    private static final class Waiter {
        private final Reservation reservation;
        private final int wanted;
        private final Condition granted;
        private boolean isGranted;

        Waiter(Reservation reservation, int wanted, Condition granted) {
            this.reservation = reservation;
            this.wanted = wanted;
            this.granted = granted;
        }
    }

    private final Duration patience;
    private final BooleanSupplier inTransaction;
    private final MeterRegistry meters;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Ledger ledger;
    private final Set<Waiter> waiters = new LinkedHashSet<>();

    @Inject
    ClientMemory(
            MemoryConfig config,
            @ConfigProperty(name = "xfchat.limit.enabled") boolean limitsHolders,
            MeterRegistry meters) {
        this(
                config,
                limitsHolders,
                PATIENCE,
                () -> QuarkusTransaction.getStatus() != Status.STATUS_NO_TRANSACTION,
                meters);
    }

    /**
     * @param patience how long who waits does so at most
     * @param inTransaction whether the calling thread is inside one
     */
    ClientMemory(
            MemoryConfig config,
            boolean limitsHolders,
            Duration patience,
            BooleanSupplier inTransaction,
            MeterRegistry meters) {
        this.patience = patience;
        this.inTransaction = inTransaction;
        this.meters = meters;
        long bytes = config.total()
                .map(total -> total.asLongValue())
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
        this.ledger = new Ledger(bytes, limitsHolders);
        Gauge.builder("xfchat.memory.used", this, ClientMemory::used)
                .description("What is held for clients: bodies, pages, answers, and what sockets have not taken")
                .baseUnit("bytes")
                .register(meters);
    }

    /**
     * A reservation of no size yet, which its taker closes.
     *
     * @param holder whose part it counts to: the id of a user who is signed in, else the caller's address
     */
    public Reservation reservation(Object holder) {
        lock.lock();
        try {
            return new Reservation(this, ledger.open(holder));
        } finally {
            lock.unlock();
        }
    }

    /** In bytes, of everybody. */
    public long used() {
        lock.lock();
        try {
            return ledger.used();
        } finally {
            lock.unlock();
        }
    }

    /** How many reservations are not closed. */
    int open() {
        lock.lock();
        try {
            return ledger.reservations();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    void resize(Reservation reservation, long bytes) {
        Ledger.@Nullable Refusal refused;
        lock.lock();
        try {
            refused = take(reservation, ledger.units(bytes));
        } finally {
            lock.unlock();
        }
        if (refused != null) {
            throw refusal(refused);
        }
    }

    boolean tryResize(Reservation reservation, long bytes) {
        lock.lock();
        try {
            return take(reservation, ledger.units(bytes)) == null;
        } finally {
            lock.unlock();
        }
    }

    void await(Reservation reservation, long bytes) {
        if (Context.isOnEventLoopThread() || inTransaction.getAsBoolean()) {
            throw new IllegalStateException("who waits for memory must not keep others from going on");
        }
        Ledger.@Nullable Refusal refused;
        lock.lock();
        try {
            refused = take(reservation, ledger.units(bytes));
            if (refused != null && waitFor(reservation, ledger.units(bytes))) {
                refused = null;
            }
        } finally {
            lock.unlock();
        }
        if (refused != null) {
            throw refusal(refused);
        }
    }

    void close(Reservation reservation) {
        lock.lock();
        try {
            take(reservation, 0);
            ledger.close(reservation);
        } finally {
            lock.unlock();
        }
    }

    /** Null where it is as large as wanted now, or closed. */
    private Ledger.@Nullable Refusal take(Reservation reservation, int wanted) {
        boolean frees = wanted < reservation.units();
        Ledger.Refusal refused = ledger.take(reservation, wanted);
        if (frees && !waiters.isEmpty()) {
            grant();
        }
        return refused;
    }

    /** No more of them wait than can be served soon. */
    private boolean mayWait(Ledger.Account account, int wanted) {
        long ahead = wanted;
        int own = 0;
        for (Waiter waiter : waiters) {
            ahead += waiter.wanted;
            own += waiter.reservation.account() == account ? 1 : 0;
        }
        return ahead <= (ROUNDS + 1L) * ledger.size()
                && waiters.size() < MOST_WAITING
                && (own < MOST_WAITING_OF_HOLDER || !ledger.limitsHolders());
    }

    private boolean waitFor(Reservation reservation, int wanted) {
        if (!mayWait(reservation.account(), wanted)) {
            return false;
        }
        // Two that both have something and want more would wait for each other.
        take(reservation, 0);
        Waiter waiter = new Waiter(reservation, wanted, lock.newCondition());
        waiters.add(waiter);
        try {
            long left = patience.toNanos();
            while (!waiter.isGranted && left > 0) {
                left = waiter.granted.awaitNanos(left);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            waiters.remove(waiter);
            if (!waiter.isGranted) {
                // Who came after may need less.
                grant();
            }
        }
        return waiter.isGranted;
    }

    /** In the order in which they came, but nobody waits behind one whose own part is taken. */
    private void grant() {
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            Ledger.Refusal refused = ledger.take(waiter.reservation, waiter.wanted);
            if (refused == Ledger.Refusal.TOTAL) {
                return;
            }
            if (refused == null) {
                waiter.isGranted = true;
                waiter.granted.signal();
                each.remove();
            }
        }
    }

    private ApiException refusal(Ledger.Refusal refused) {
        if (refused == Ledger.Refusal.USER) {
            meters.counter("xfchat.memory.refused", "scope", "user").increment();
            return new ApiException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "Too much is waiting for you to be read, or to be sent",
                    Map.of("Retry-After", "1"));
        }
        meters.counter("xfchat.memory.refused", "scope", "total").increment();
        return new ApiException(ErrorCode.UNAVAILABLE, new IllegalStateException("no memory for more clients"));
    }
}
