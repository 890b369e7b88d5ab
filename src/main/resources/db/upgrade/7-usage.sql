-- The old figures under names of their own: the service counts anew, from the messages themselves.

create temp table counted on commit drop as
select u.*, case when o.id is null then 'its user does not exist'
                 when u.period_start is null then 'no period'
                 when row_number() over (partition by u.user_id, coalesce(u.metric_type, 'unknown'), u.period_start order by u.source) > 1
                 then 'repeated'
            end as problem
from old_usage_tracking u
left join old_users o on o.id = u.user_id;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'usage_tracking', concat_ws(' ', user_id, metric_type, period_start), 'quarantined', problem,
       to_jsonb(counted) - 'source' - 'problem'
from counted where problem is not null;

insert into usage_tracking (user_id, metric_type, period_start, period_end, count, updated_at)
select user_id, 'legacy_' || coalesce(metric_type, 'unknown'), period_start,
       greatest(coalesce(period_end, period_start), period_start + 1), greatest(coalesce(count, 0), 0),
       coalesce(updated_at, now())
from counted where problem is null;

-- What the service would count within a minute, in one statement: with very many messages it could not within its timeout.
insert into usage_tracking (user_id, metric_type, period_start, period_end, count)
select sender_id, metric, month, month + interval '1 month', amount
from (
    select m.sender_id, (date_trunc('month', m.created_at at time zone 'UTC'))::date as month, count(*) as messages,
           sum(octet_length(m.content)) as bytes
    from chat_messages m join users u on u.id = m.sender_id and u.deleted_at is null
    group by 1, 2
) as sums
cross join lateral (values ('messages_sent', messages), ('storage_used', bytes)) as metrics (metric, amount);

insert into usage_watermarks (conversation_id, seq) select conversation_id, max(seq) from placed group by conversation_id;

update usage_roll_up set rolled_up_at = now();
