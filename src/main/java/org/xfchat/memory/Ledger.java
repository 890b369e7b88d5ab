package org.xfchat.memory;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who has how much. Plain state, under the lock of its owner. */
final class Ledger {
    private static final int UNIT = 1024;

    /** What is smaller, most pages too, has memory of its own: nobody is refused because others do not read large ones. */
    private static final int SMALL_UNITS = 128;

    /** One holder's part: some who read nothing leave enough for all the others. */
    private static final int PART_OF_HOLDER = 8;

    /** What is larger than a holder's part may be held beside little else: this part of it. */
    private static final int LITTLE = 4;

    /** Why something may not become larger: its holder has too much, or all have. */
    enum Refusal {
        USER,
        TOTAL
    }

    /** One holder's reservations. */
    static final class Account {
        private final Object holder;
        private int reservations;
        private int units;

        Account(Object holder) {
            this.holder = holder;
        }
    }

    private final int size;
    private final boolean limitsHolders;
    private final Map<Object, Account> accounts = new HashMap<>();
    private int large;
    private int small;

    Ledger(long bytes, boolean limitsHolders) {
        // Sums of a few of them are integers as well.
        this.size = (int) Math.min(Integer.MAX_VALUE / 4, rounded(bytes));
        this.limitsHolders = limitsHolders;
    }

    private static long rounded(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }

    /** Of what is not small, in units; of small things there may be as much again. */
    int size() {
        return size;
    }

    boolean limitsHolders() {
        return limitsHolders;
    }

    /** In units; of everything at most, because a single thing may be as large as that. */
    int units(long bytes) {
        return (int) Math.min(size, rounded(bytes));
    }

    /** In bytes. */
    long used() {
        return ((long) large + small) * UNIT;
    }

    int reservations() {
        return accounts.values().stream()
                .mapToInt(account -> account.reservations)
                .sum();
    }

    /** The account of a holder, for one reservation more. */
    Account open(Object holder) {
        Account account = accounts.computeIfAbsent(holder, Account::new);
        account.reservations++;
        return account;
    }

    /** Of a reservation that has nothing any more; the second time nothing. */
    void close(Reservation reservation) {
        if (!reservation.isClosed()) {
            reservation.setClosed();
            Account account = reservation.account();
            account.reservations--;
            if (account.reservations == 0) {
                accounts.remove(account.holder);
            }
        }
    }

    /** Null where it is as large as wanted now, or closed. What becomes smaller always may. */
    @Nullable
    Refusal take(Reservation reservation, int wanted) {
        int before = reservation.units();
        if (reservation.isClosed() || wanted == before) {
            return null;
        }
        Account account = reservation.account();
        if (wanted > before && limitsHolders && account.units - before + wanted > most(wanted)) {
            return Refusal.USER;
        }
        boolean wasSmall = before <= SMALL_UNITS;
        boolean isSmall = wanted <= SMALL_UNITS;
        int free = size - (isSmall ? small : large) + (wasSmall == isSmall ? before : 0);
        if (wanted > before && wanted > free) {
            return Refusal.TOTAL;
        }
        large += (isSmall ? 0 : wanted) - (wasSmall ? 0 : before);
        small += (isSmall ? wanted : 0) - (wasSmall ? before : 0);
        account.units += wanted - before;
        reservation.setUnits(wanted);
        return null;
    }

    /** Units that a holder may have together with one thing of so many. */
    private int most(int wanted) {
        int part = size / PART_OF_HOLDER;
        return Math.max(part, wanted + part / LITTLE);
    }
}
