package org.xfchat.presence;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.xfchat.account.AccountClosing;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;

/**
 * What is stored of presence. Of each user whose rows change, the account is locked first: what the later statements see of
 * the user's other rows is then true until the commit.
 */
@Singleton
class PresenceRows {
    /** Of the advisory lock that one replica holds while it looks for dead ones. */
    private static final long LOCK = 0x5846_5072_6573L;

    /** Users per transaction: their locks are held until its end. */
    static final int BATCH = 500;

    private static final int NANOS_PER_MILLI = 1_000_000;

    private final Transactions transactions;
    private final NativeSql sql;

    PresenceRows(Transactions transactions, NativeSql sql) {
        this.transactions = transactions;
        this.sql = sql;
    }

    /**
     * What a batch has changed.
     *
     * @param alive false when the replica is no longer known, so that nothing was written
     */
    record Outcome(boolean alive, List<PresenceChanged> changes) {}

    /** What a search for dead replicas has changed, and whether there is more of it to do. */
    record Reaped(List<PresenceChanged> changes, boolean more) {}

    /** Promises that this replica lives; false when it was not known (any longer) and has no rows now. */
    boolean renew(UUID replica, Duration lease) {
        // The row is new when no transaction has ever updated or locked it.
        return transactions.write(
                () -> sql.query("""
                        insert into replicas (id, lease_until) values (?1, now() + ?2 * interval '1 millisecond')
                        on conflict (id) do update set lease_until = excluded.lease_until
                        returning xmax <> 0
                        """, replica, lease.toMillis()).one(row -> row.get(0, Boolean.class)));
    }

    /** These users have a stream here. Deleted accounts are passed over. */
    Outcome arrive(UUID replica, List<UUID> users) {
        return transactions.write(() -> {
            if (!lock(replica, users)) {
                return new Outcome(false, List.of());
            }
            return new Outcome(
                    true, sql.query("""
                            with arrived as (
                                insert into presence (user_id, replica_id)
                                select u.id, ?2 from users u where u.id = any(?1) and u.deleted_at is null order by u.id
                                on conflict do nothing
                                returning user_id
                            )
                            select u.id, true, coalesce(u.last_seen, u.created_at)
                            from arrived join users u on u.id = arrived.user_id
                            where not exists (
                                select from presence p join replicas r on r.id = p.replica_id
                                where p.user_id = u.id and p.replica_id <> ?2 and r.lease_until > now())
                            """, NativeSql.ids(users), replica).list(PresenceRows::change));
        });
    }

    /** These users have had no stream here for so long. */
    Outcome leave(UUID replica, List<StreamCounter.Left> left) {
        List<UUID> users = left.stream().map(StreamCounter.Left::user).toList();
        Long[] ages = left.stream().map(one -> one.ageNanos() / NANOS_PER_MILLI).toArray(Long[]::new);
        return transactions.write(() -> {
            if (!lock(replica, users)) {
                return new Outcome(false, List.of());
            }
            return new Outcome(
                    true, sql.query("""
                            with gone as (
                                delete from presence where replica_id = ?3 and user_id = any(?1) returning user_id
                            )
                            update users set last_seen = now() - left_users.age * interval '1 millisecond'
                            from gone join unnest(cast(?1 as uuid[]), cast(?2 as bigint[])) as left_users (id, age) on left_users.id = gone.user_id
                            where users.id = gone.user_id and users.deleted_at is null and not exists (
                                select from presence p join replicas r on r.id = p.replica_id
                                where p.user_id = gone.user_id and p.replica_id <> ?3 and r.lease_until > now())
                            returning users.id, false, users.last_seen
                            """, NativeSql.ids(users), ages, replica).list(PresenceRows::change));
        });
    }

    /** Removes replicas whose lease ran out, a batch of their users at a time; nothing while another replica does. */
    Reaped reap() {
        return transactions.write(() -> {
            boolean mine =
                    sql.query("select pg_try_advisory_xact_lock(?1)", LOCK).one(row -> row.get(0, Boolean.class));
            return mine ? reapAlone() : new Reaped(List.of(), false);
        });
    }

    private Reaped reapAlone() {
        // Whoever renews or writes at this moment is not dead.
        List<UUID> dead = sql.query(
                        "select id from replicas where lease_until <= now() order by id for update skip locked")
                .list(row -> row.get(0, UUID.class));
        if (dead.isEmpty()) {
            return new Reaped(List.of(), false);
        }
        List<UUID> users = sql.query(
                        "select distinct user_id from presence where replica_id = any(?1) order by user_id limit ?2",
                        NativeSql.ids(dead),
                        BATCH)
                .list(row -> row.get(0, UUID.class));
        lockUsers(users);
        List<PresenceChanged> changes =
                sql.query("""
                        with gone as (
                            delete from presence where replica_id = any(?2) and user_id = any(?1)
                            returning user_id, replica_id
                        ), until as (
                            select gone.user_id, max(r.lease_until) as lease
                            from gone join replicas r on r.id = gone.replica_id group by gone.user_id
                        )
                        update users set last_seen = greatest(users.last_seen, until.lease)
                        from until
                        where users.id = until.user_id and users.deleted_at is null and not exists (
                            select from presence p join replicas r on r.id = p.replica_id
                            where p.user_id = until.user_id and r.lease_until > now())
                        returning users.id, false, users.last_seen
                        """, NativeSql.ids(users), NativeSql.ids(dead)).list(PresenceRows::change);
        if (users.size() < BATCH) {
            sql.update("delete from replicas where id = any(?1)", NativeSql.ids(dead));
        }
        return new Reaped(changes, users.size() == BATCH);
    }

    /** False when the replica is no longer known; else it stays known until the transaction ends. */
    private boolean lock(UUID replica, List<UUID> users) {
        boolean known = sql.query("select id from replicas where id = ?1 for key share", replica)
                .first(row -> true)
                .isPresent();
        if (known) {
            lockUsers(users);
        }
        return known;
    }

    private void lockUsers(List<UUID> users) {
        sql.query("select id from users where id = any(?1) order by id for no key update", NativeSql.ids(users))
                .each(locked -> {});
    }

    private static PresenceChanged change(Tuple row) {
        return new PresenceChanged(row.get(0, UUID.class), row.get(1, Boolean.class), row.get(2, Instant.class));
    }

    /** A deleted account is nowhere. */
    void forget(@Observes AccountClosing closing) {
        sql.update("delete from presence where user_id = ?1", closing.userId());
    }
}
