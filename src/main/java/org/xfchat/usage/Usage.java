package org.xfchat.usage;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.hibernate.Session;
import org.xfchat.account.AccountClosing;
import org.xfchat.background.Jobs;
import org.xfchat.database.Transactions;
import org.xfchat.usage.UsageResource.UsageView;

/** Rolls usage up and answers questions about it. */
// Rolled up also where nobody asks.
@Startup
@Singleton
public class Usage {
    /** Of the advisory lock that one replica holds while it rolls up. */
    private static final long LOCK = 0x5846_5573_6167L;

    /** Between an entry's time and its commit; far more than any timeout allows. */
    private static final Duration LONGEST_APPEND = Duration.ofHours(1);

    /** How much time's entries are looked at in one transaction, and how much of them is added up. */
    private static final Duration WINDOW = Duration.ofHours(1);

    private static final int CONVERSATIONS_AT_ONCE = 2_000;
    private static final int ENTRIES_AT_ONCE = 1_000;

    private final Transactions transactions;
    private final Session session;
    private final UsageConfig config;
    private final Clock clock;
    private final Jobs jobs;

    Usage(Transactions transactions, Session session, UsageConfig config, Clock clock, Jobs jobs) {
        this.transactions = transactions;
        this.session = session;
        this.config = config;
        this.clock = clock;
        this.jobs = jobs;
        jobs.every("usage", config.rollUpEvery(), this::rollUp);
    }

    /** The caller's figures, what is not rolled up yet included. */
    UsageView of(UUID user) {
        LocalDate month = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).withDayOfMonth(1);
        Tuple row = transactions.read(() -> session.createNativeQuery("""
                        with mine as (
                            select conversation_id from conversation_participants where user_id = ?1
                            union all
                            select id from conversations where kind = 'room'
                        ), recent as (
                            select count(*) filter (where m.created_at >= cast(?2 as date) at time zone 'UTC') as messages,
                                   sum(octet_length(m.content)) as bytes
                            from mine
                            left join usage_watermarks w on w.conversation_id = mine.conversation_id
                            cross join lateral (select created_at, content from chat_messages
                                                where conversation_id = mine.conversation_id
                                                  and seq > coalesce(w.seq, 0) and sender_id = ?1) m
                        ), rolled as (
                            select sum(count) filter (where metric_type = 'messages_sent' and period_start = ?2) as messages,
                                   sum(count) filter (where metric_type = 'storage_used') as bytes
                            from usage_tracking where user_id = ?1
                        )
                        select cast(recent.messages + coalesce(rolled.messages, 0) as bigint),
                               cast(coalesce(recent.bytes, 0) + coalesce(rolled.bytes, 0) as bigint),
                               (select count(*) from users where deleted_at is null)
                        from recent, rolled
                        """, Tuple.class)
                .setParameter(1, user)
                .setParameter(2, month)
                .getSingleResult());
        long messages = row.get(0, Long.class);
        return new UsageView(
                messages,
                0,
                row.get(2, Long.class),
                row.get(1, Long.class),
                config.monthlyMessageLimit().isPresent()
                        && messages > config.monthlyMessageLimit().getAsLong());
    }

    /**
     * Adds what was written since the last run, slice by slice. Conversations are found by time, generously: an entry's time is at most a
     * transaction's duration before its commit. Their watermarks then say exactly what is new.
     */
    private void rollUp() {
        boolean isMore = !transactions.areReadOnly();
        while (isMore && !jobs.areStopping()) {
            isMore = transactions.write(this::rollUpUnlessAnotherReplicaDoes);
        }
    }

    /** Whether there is more. */
    private boolean rollUpUnlessAnotherReplicaDoes() {
        boolean mine = session.createNativeQuery("select pg_try_advisory_xact_lock(?1)", Boolean.class)
                .setParameter(1, LOCK)
                .getSingleResult();
        return mine && rollUpAlone();
    }

    /** A slice of what there is to do, well within a statement's time: what was written in a while, of some conversations. */
    private boolean rollUpAlone() {
        Tuple times = session.createNativeQuery(
                        "select rolled_up_at, least(now(), rolled_up_at + ?1 * interval '1 second'), now()"
                                + " from usage_roll_up",
                        Tuple.class)
                .setParameter(1, WINDOW.toSeconds())
                .getSingleResult();
        Instant until = times.get(1, Instant.class);
        Instant now = times.get(2, Instant.class);
        Tuple moved = add(times.get(0, Instant.class).minus(LONGEST_APPEND), until);
        long conversations = moved.get(0, Long.class);
        boolean isComplete = conversations < CONVERSATIONS_AT_ONCE && !moved.get(1, Boolean.class);
        if (isComplete && conversations == 0 && until.isBefore(now)) {
            until = next(until, now);
        }
        if (isComplete) {
            session.createNativeMutationQuery("update usage_roll_up set rolled_up_at = ?1")
                    .setParameter(1, until)
                    .executeUpdate();
        }
        return !isComplete || until.isBefore(now);
    }

    /** Over a time in which nobody wrote: when somebody did again, or now. */
    private Instant next(Instant after, Instant now) {
        Instant written = session.createNativeQuery(
                        "select min(created_at) from chat_messages where created_at > ?1 and created_at <= ?2",
                        Instant.class)
                .setParameter(1, after)
                .setParameter(2, now)
                .getSingleResult();
        return written == null ? now : written;
    }

    /**
     * How many conversations were gone on with, and whether one of them has more.
     *
     * <p>Senders are locked against being deleted meanwhile, in the order in which their figures are written: who is deleted by
     * then has none.
     */
    private Tuple add(Instant since, Instant until) {
        return session.createNativeQuery("""
                        with active as (
                            select distinct conversation_id from chat_messages where created_at > ?1 and created_at <= ?2
                        ), heads as (
                            select active.conversation_id, coalesce(watermark.seq, 0) as from_seq,
                                   least(head.seq, coalesce(watermark.seq, 0) + cast(?4 as bigint)) as to_seq,
                                   head.seq > coalesce(watermark.seq, 0) + cast(?4 as bigint) as has_more
                            from active
                            cross join lateral (select max(seq) as seq from usage_watermarks
                                                where conversation_id = active.conversation_id) watermark
                            cross join lateral (select seq from chat_messages
                                                where conversation_id = active.conversation_id
                                                order by seq desc limit 1) head
                            where head.seq > coalesce(watermark.seq, 0)
                            limit ?3
                        ), moved as (
                            insert into usage_watermarks (conversation_id, seq)
                            select conversation_id, to_seq from heads
                            on conflict (conversation_id) do update set seq = excluded.seq
                        ), sums as (
                            select m.sender_id, cast(date_trunc('month', m.created_at at time zone 'UTC') as date) as month,
                                   count(*) as messages, sum(octet_length(m.content)) as bytes
                            from heads
                            cross join lateral (select sender_id, created_at, content from chat_messages
                                                where conversation_id = heads.conversation_id
                                                  and seq > heads.from_seq and seq <= heads.to_seq
                                                offset 0) m
                            group by 1, 2
                        ), living as materialized (
                            select id from users where id in (select sender_id from sums) and deleted_at is null
                            order by id for key share
                        ), added as (
                            insert into usage_tracking (user_id, metric_type, period_start, period_end, count)
                            select sender_id, metric, month, month + interval '1 month', amount
                            from sums
                            join living on living.id = sums.sender_id
                            cross join lateral (values ('messages_sent', messages), ('storage_used', bytes))
                                               as metrics (metric, amount)
                            order by 1, 2, 3
                            on conflict (user_id, metric_type, period_start)
                                do update set count = usage_tracking.count + excluded.count, updated_at = now()
                        )
                        select count(*), coalesce(bool_or(has_more), false) from heads
                        """, Tuple.class)
                .setParameter(1, since)
                .setParameter(2, until)
                .setParameter(3, CONVERSATIONS_AT_ONCE)
                .setParameter(4, ENTRIES_AT_ONCE)
                .getSingleResult();
    }

    /** A deleted account's figures say nothing to anybody. */
    void forget(@Observes AccountClosing closing) {
        session.createNativeMutationQuery("delete from usage_tracking where user_id = ?1")
                .setParameter(1, closing.userId())
                .executeUpdate();
    }
}
