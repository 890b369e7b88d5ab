package org.xfchat.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.xfchat.background.Jobs;
import org.xfchat.database.NativeSql;
import org.xfchat.database.SqlFailure;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;

/**
 * Attempts at a password that were not right, shared between replicas. Per name that was typed and address, so that a stranger
 * cannot lock anybody out; and per name, with more patience, so that many addresses do not help either (OWASP, Blocking Brute
 * Force Attacks). An account has two names, its user name and its mail address.
 */
// Swept also where nobody logs in.
@Startup
@Singleton
public class LoginFailures {
    private static final Logger LOG = Logger.getLogger(LoginFailures.class);

    /** In the place of an address: all of them. */
    private static final String ANYWHERE = "";

    private static final int SWEPT_AT_ONCE = 1000;

    /** In which failures are counted, and how long a lock lasts: long for who guesses, and short for who has forgotten. */
    static final Duration WINDOW = Duration.ofMinutes(15);

    /**
     * Somebody tries a password.
     *
     * @param name a digest of what was typed, so that nobody learns from a lock whose name and address belong together; of who
     *     is signed in, the account's id
     * @param address from which somebody tries
     */
    public record Attempt(UUID name, String address) {}

    /** An address from which nothing is tried any more, and for how long. */
    private record Lock(String address, Duration lasts) {}

    private final Transactions transactions;
    private final NativeSql sql;
    private final LimitConfig config;
    private final MeterRegistry meters;
    private final Jobs jobs;

    /** Until when, of {@link System#nanoTime}, it is no use to ask; what is forgotten is asked for again. */
    private final Cache<Attempt, Long> locked;

    LoginFailures(Transactions transactions, NativeSql sql, LimitConfig config, MeterRegistry meters, Jobs jobs) {
        this.transactions = transactions;
        this.sql = sql;
        this.config = config;
        this.meters = meters;
        this.jobs = jobs;
        this.locked = Caffeine.newBuilder()
                .maximumSize(Buckets.CALLERS)
                .expireAfterWrite(WINDOW)
                .build();
        jobs.every("log-ins", config.sweepEvery(), this::sweep);
    }

    /**
     * Refuses what is known here to be locked, without the database.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS}
     */
    public void refuseLocked(Attempt attempt) {
        if (config.enabled()) {
            refuseUntil(attempt, attempt.address());
            refuseUntil(attempt, ANYWHERE);
        }
    }

    private void refuseUntil(Attempt attempt, String address) {
        Long until = locked.getIfPresent(new Attempt(attempt.name(), address));
        if (until != null && until - System.nanoTime() > 0) {
            throw refusal(address, Duration.ofNanos(until - System.nanoTime()));
        }
    }

    private ApiException refusal(String address, Duration wait) {
        return Limiter.refusal(Action.LOG_IN, address.equals(ANYWHERE) ? "account" : "account_address", wait, meters);
    }

    /**
     * Counts an attempt before its password is looked at; {@link #forgive} or {@link #takeBack} undo it.
     *
     * @return whether it is counted, which it is not where the server takes no writes from anybody
     * @throws ApiException {@code TOO_MANY_REQUESTS} where there were too many, {@code UNAVAILABLE} where it cannot be counted;
     *     then nothing is counted, and the password must not be looked at
     */
    public boolean count(Attempt attempt) {
        if (!config.enabled()) {
            return false;
        }
        if (transactions.areReadOnly()) {
            refuseFound(attempt, transactions.read(() -> locks(attempt)));
            return false;
        }
        try {
            refuseFound(attempt, transactions.write(() -> {
                List<Lock> found = locks(attempt);
                if (found.isEmpty() && add(attempt) < 2) {
                    // Others at the same time took what was left; nothing of this one stays.
                    throw refusal(attempt.address(), Duration.ZERO);
                }
                return found;
            }));
        } catch (ApiException refused) {
            if (!SqlFailure.isReadOnly(refused)) {
                // Who can keep others' attempts from being counted could otherwise try as many as he likes.
                throw refused;
            }
            // A server that takes no writes from anybody is no reason to let nobody in.
            LOG.debugf("a log-in is not counted: %s", refused.getMessage());
            return false;
        }
        return true;
    }

    private void refuseFound(Attempt attempt, List<Lock> locks) {
        for (Lock lock : locks) {
            locked.put(
                    new Attempt(attempt.name(), lock.address()),
                    System.nanoTime() + lock.lasts().toNanos());
        }
        if (!locks.isEmpty()) {
            throw refusal(locks.get(0).address(), locks.get(0).lasts());
        }
    }

    /** Whole addresses first. */
    private List<Lock> locks(Attempt attempt) {
        return sql.query("""
                        select address, cast(ceil(extract(epoch from until - now()) * 1000) as bigint)
                        from login_failures
                        where account = cast(?1 as uuid) and address in ('', ?2) and until > now()
                          and failures >= case when address = '' then cast(?3 as integer) else cast(?4 as integer) end
                        order by address
                        """, attempt.name(), attempt.address(), config.failuresPerAccount(), config.failures())
                .list(row -> new Lock(row.get(0, String.class), Duration.ofMillis(row.get(1, Long.class))));
    }

    /** One statement, whose conditions hold for what the rows are when they are locked; in one order, against deadlocks. */
    private int add(Attempt attempt) {
        return sql.update(
                """
                        insert into login_failures as f (account, address, failures, until)
                        select cast(?1 as uuid), place, 1, now() + ?3 * interval '1 millisecond'
                        from unnest(array['', cast(?2 as text)]) place
                        order by place
                        on conflict (account, address) do update set
                            failures = case when f.until <= now() then 1 else f.failures + 1 end,
                            until = case when f.until <= now() then excluded.until else f.until end
                        where f.until <= now() or f.failures
                                < case when f.address = '' then cast(?4 as integer) else cast(?5 as integer) end
                        """,
                attempt.name(),
                attempt.address(),
                WINDOW.toMillis(),
                config.failuresPerAccount(),
                config.failures());
    }

    /** The password was not looked at after all: this attempt counts no more, and nothing else is forgiven. */
    public void takeBack(Attempt attempt) {
        if (!config.enabled() || transactions.areReadOnly()) {
            return;
        }
        try {
            transactions.write(() -> sql.update("""
                            with counted as (
                                select account, address from login_failures
                                where account = cast(?1 as uuid) and address in ('', ?2)
                                order by address for no key update
                            )
                            update login_failures f set failures = greatest(failures - 1, 0)
                            from counted c where f.account = c.account and f.address = c.address
                            """, attempt.name(), attempt.address()));
        } catch (ApiException unavailable) {
            // It runs out by itself.
            LOG.debugf("an attempt that was not judged stays counted: %s", unavailable.getMessage());
        }
    }

    /** The password was right: the attempt counts no more, nor do the failures before it from the same address. */
    public void forgive(Attempt attempt) {
        if (!config.enabled() || transactions.areReadOnly()) {
            return;
        }
        try {
            transactions.write(() -> {
                sql.update(
                        "update login_failures set failures = greatest(failures - 1, 0)"
                                + " where account = cast(?1 as uuid) and address = ''",
                        attempt.name());
                return sql.update(
                        "delete from login_failures where account = cast(?1 as uuid) and address = ?2",
                        attempt.name(),
                        attempt.address());
            });
        } catch (ApiException unavailable) {
            // Who knows the password gets in; the count runs out by itself.
            LOG.debugf("a failed log-in is not forgiven: %s", unavailable.getMessage());
        }
    }

    /** Removes what has run out, a batch after the other. */
    private void sweep() {
        boolean isMore = !transactions.areReadOnly();
        while (isMore && !jobs.areStopping()) {
            isMore = transactions.write(() -> sql.update("""
                            with expired as (
                                select account, address from login_failures where until <= now()
                                order by until limit ?1 for update skip locked
                            )
                            delete from login_failures f using expired e
                            where f.account = e.account and f.address = e.address
                            """, SWEPT_AT_ONCE)) == SWEPT_AT_ONCE;
        }
    }
}
