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
import java.util.Optional;
import java.util.UUID;
import org.xfchat.account.AccountClosing;
import org.xfchat.background.Jobs;
import org.xfchat.database.NativeSql;
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
    private final NativeSql sql;
    private final UsageConfig config;
    private final Clock clock;
    private final Jobs jobs;

    Usage(Transactions transactions, NativeSql sql, UsageConfig config, Clock clock, Jobs jobs) {
        this.transactions = transactions;
        this.sql = sql;
        this.config = config;
        this.clock = clock;
        this.jobs = jobs;
        jobs.every("usage", config.rollUpEvery(), this::rollUp);
    }

    /** The caller's figures, what is not rolled up yet included. */
    UsageView of(UUID user) {
        LocalDate month = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).withDayOfMonth(1);
        // With the offset the sender is looked at row by row: else the planner may read all that he ever wrote, for
        // each conversation.
        return transactions.read(() -> sql.query("""
                        with mine as (
                            select conversation_id from conversation_participants where user_id = ?1
                            union all
                            select id from conversations where kind = 'room'
                        ), recent as (
                            select count(*) filter (where m.created_at >= cast(?2 as date) at time zone 'UTC') as messages,
                                   sum(octet_length(m.content)) as bytes
                            from mine
                            left join usage_watermarks w on w.conversation_id = mine.conversation_id
                            cross join lateral (select sender_id, created_at, content from chat_messages
                                                where conversation_id = mine.conversation_id
                                                  and seq > coalesce(w.seq, 0) offset 0) m
                            where m.sender_id = ?1
                        ), rolled as (
                            select sum(count) filter (where metric_type = 'messages_sent' and period_start = ?2) as messages,
                                   sum(count) filter (where metric_type = 'storage_used') as bytes
                            from usage_tracking where user_id = ?1
                        )
                        select cast(recent.messages + coalesce(rolled.messages, 0) as bigint),
                               cast(coalesce(recent.bytes, 0) + coalesce(rolled.bytes, 0) as bigint),
                               (select count(*) from users where deleted_at is null)
                        from recent, rolled
                        """, user, month).one(this::view));
    }

    private UsageView view(Tuple row) {
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

    /** How far it was rolled up, how far a slice goes, and the database's time. */
    private record Times(Instant rolledUp, Instant until, Instant now) {}

    /** How many conversations were gone on with, and whether one of them has more. */
    private record Moved(long conversations, boolean hasMore) {}

    /** Whether there is more. */
    private boolean rollUpUnlessAnotherReplicaDoes() {
        boolean mine = sql.query("select pg_try_advisory_xact_lock(?1)", LOCK).one(row -> row.get(0, Boolean.class));
        return mine && rollUpAlone();
    }

    /** A slice of what there is to do, well within a statement's time: what was written in a while, of some conversations. */
    private boolean rollUpAlone() {
        Times times = sql.query(
                        "select rolled_up_at, least(now(), rolled_up_at + ?1 * interval '1 second'), now()"
                                + " from usage_roll_up",
                        WINDOW.toSeconds())
                .one(row -> new Times(row.get(0, Instant.class), row.get(1, Instant.class), row.get(2, Instant.class)));
        Instant until = times.until();
        Moved moved = add(times.rolledUp().minus(LONGEST_APPEND), until);
        boolean isComplete = moved.conversations() < CONVERSATIONS_AT_ONCE && !moved.hasMore();
        if (isComplete && moved.conversations() == 0 && until.isBefore(times.now())) {
            until = next(until, times.now());
        }
        if (isComplete) {
            sql.update("update usage_roll_up set rolled_up_at = ?1", until);
        }
        return !isComplete || until.isBefore(times.now());
    }

    /** Over a time in which nobody wrote: when somebody did again, or now. */
    private Instant next(Instant after, Instant now) {
        return sql.query(
                        "select min(created_at) from chat_messages where created_at > ?1 and created_at <= ?2",
                        after,
                        now)
                .one(row -> Optional.ofNullable(row.get(0, Instant.class)))
                .orElse(now);
    }

    /**
     * Adds up what a slice has that is new.
     *
     * <p>Senders are locked against being deleted meanwhile, in the order in which their figures are written: who is deleted by
     * then has none.
     */
    private Moved add(Instant since, Instant until) {
        return sql.query("""
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
                        """, since, until, CONVERSATIONS_AT_ONCE, ENTRIES_AT_ONCE)
                .one(row -> new Moved(row.get(0, Long.class), row.get(1, Boolean.class)));
    }

    /** A deleted account's figures say nothing to anybody. */
    void forget(@Observes AccountClosing closing) {
        sql.update("delete from usage_tracking where user_id = ?1", closing.userId());
    }
}
