-- What must be true of a converted database as long as its old tables are there. Each query answers: rows examined,
-- violations, some of these.
-- invariant: legacy = new + quarantined: users
select count(*), count(*) filter (where u.id is null), min(o.id::text) filter (where u.id is null)
from old_users o left join users u on u.id = o.id
-- invariant: legacy = new: password hashes of accounts that live and did not change since
select count(*), count(*) filter (where u.password_hash is distinct from coalesce(o.password_hash, '')),
       min(o.id::text) filter (where u.password_hash is distinct from coalesce(o.password_hash, ''))
from old_users o join users u on u.id = o.id
where u.deleted_at is null and u.updated_at <= (select max(upgraded_at) from upgrades)
-- invariant: legacy = new + merged: conversations
select count(*), count(*) filter (where coalesce(into_one.id, c.id) is null), min(o.id::text) filter (where coalesce(into_one.id, c.id) is null)
from old_conversations o
left join conversations c on c.id = o.id
left join legacy.upgrade_actions a on a.source = 'conversations' and a.action = 'merged' and a.row_id = o.id::text
left join conversations into_one on into_one.id = (a.detail ->> 'into')::uuid
-- invariant: legacy = new + quarantined: participants
select count(*), count(*) filter (where p.user_id is null and q.row_id is null),
       min(o.conversation_id || ' ' || o.user_id) filter (where p.user_id is null and q.row_id is null)
from old_conversation_participants o
left join legacy.upgrade_actions a on a.source = 'conversations' and a.action = 'merged' and a.row_id = o.conversation_id::text
left join conversation_participants p on p.user_id = o.user_id and p.conversation_id = coalesce((a.detail ->> 'into')::uuid, o.conversation_id)
left join legacy.upgrade_actions q on q.source = 'conversation_participants' and q.action = 'quarantined'
    and q.row_id = coalesce(o.conversation_id::text, '') || ' ' || coalesce(o.user_id::text, '')
where o.source is not null or exists (select from old_conversations c where c.id = o.conversation_id)
-- invariant: legacy = new + quarantined: chat_messages
select coalesce(sum(rows), 0), count(*) filter (where not placed), min(row_id) filter (where not placed)
from (select o.row_id, o.rows, case o.rows - coalesce(q.rows, 0) when 0 then true when 1 then m.id is not null else false end as placed
      from (select coalesce(id::text, '') as row_id, id, count(*) as rows from old_chat_messages group by id) as o
      left join (select row_id, count(*) as rows from legacy.upgrade_actions
                 where source = 'chat_messages' and action = 'quarantined' group by row_id) as q on q.row_id = o.row_id
      left join chat_messages m on m.id = o.id) as counted
-- invariant: legacy = new: content, sender and time of every chat message
select count(*), count(*) filter (where different), min(id::text) filter (where different)
from (select o.id, m.content is distinct from coalesce(o.content, '')
                   or o.sender_id is not null and m.sender_id <> o.sender_id
                   or o.created_at is not null and m.created_at <> o.created_at and t.row_id is null as different
      from old_chat_messages o
      join chat_messages m on m.id = o.id
      left join legacy.upgrade_actions t on t.source = 'chat_messages' and t.action = 'clamped' and t.row_id = o.id::text
      where not exists (select from legacy.upgrade_actions q where q.source = 'chat_messages' and q.action = 'quarantined'
                          and q.row_id = o.id::text)) as compared
-- invariant: legacy = new: checksum of every chat message's content
select count(*), case when sum(hashtextextended(m.content, 0)::numeric) is not distinct from
                           sum(hashtextextended(coalesce(o.content, ''), 0)::numeric) then 0 else 1 end,
       'old ' || coalesce(sum(hashtextextended(coalesce(o.content, ''), 0)::numeric), 0) || ', new '
           || coalesce(sum(hashtextextended(m.content, 0)::numeric), 0)
from old_chat_messages o
join chat_messages m on m.id = o.id
where not exists (select from legacy.upgrade_actions q where q.source = 'chat_messages' and q.action = 'quarantined'
                    and q.row_id = o.id::text)
-- invariant: legacy = new: order of the chat messages
select count(*), count(*) filter (where disordered), min(id::text) filter (where disordered)
from (select m.id, m.created_at < lag(m.created_at) over w
                   -- What was clamped has one time.
                   or m.created_at = lag(m.created_at) over w and m.id < lag(m.id) over w
                      and t.row_id is null and lag(t.row_id) over w is null as disordered
      from old_chat_messages o join chat_messages m on m.id = o.id
      left join legacy.upgrade_actions t on t.source = 'chat_messages' and t.action = 'clamped' and t.row_id = o.id::text
      -- As before a rollback, which the times of the old tables do not say exactly.
      where not exists (select from legacy.upgrade_actions a where a.source = 'conversations' and a.action = 'ordered'
                          and a.row_id = m.conversation_id::text)
      window w as (partition by m.conversation_id order by m.seq)) as neighbours
-- invariant: legacy = new + quarantined: messages of the room, with text and author
select count(*), count(*) filter (where wrong), min(id::text) filter (where wrong)
from (select o.id, q.row_id is null and (m.id is null or m.content <> coalesce(o.text, '')
                   or o.author is not null and m.attributes ->> 'author' is distinct from o.author
                   or coalesce(o.timestamp, o.created_at) is not null and t.row_id is null
                      and m.created_at <> coalesce(o.timestamp, o.created_at)) as wrong
      from old_messages o
      left join legacy.upgrade_actions t on t.source = 'messages' and t.action = 'clamped' and t.row_id = o.id::text
      left join legacy.upgrade_actions r on r.source = 'messages' and r.action = 'renumbered' and r.row_id = o.id::text
      left join legacy.upgrade_actions q on q.source = 'messages' and q.action = 'quarantined' and q.row_id = coalesce(o.id::text, '')
      left join chat_messages m on m.id = coalesce((r.detail ->> 'to')::uuid, o.id)) as compared
-- invariant: legacy = new: order of the room's messages
select count(*), count(*) filter (where (at, id) < (at_before, id_before)), min(id::text) filter (where (at, id) < (at_before, id_before))
from (select o.id, o.ordered_at as at, lag(o.ordered_at) over w as at_before, lag(o.id) over w as id_before
      from old_messages o
      left join legacy.upgrade_actions r on r.source = 'messages' and r.action = 'renumbered' and r.row_id = o.id::text
      join chat_messages m on m.id = coalesce((r.detail ->> 'to')::uuid, o.id)
      where not exists (select from legacy.upgrade_actions q where q.source = 'messages' and q.action = 'quarantined'
                          and q.row_id = o.id::text)
        and not exists (select from legacy.upgrade_actions a where a.source = 'conversations' and a.action = 'ordered'
                          and a.row_id = m.conversation_id::text)
      window w as (order by m.seq)) as neighbours
-- invariant: legacy = new + quarantined: friend_requests
select count(*), count(*) filter (where r.id is null and q.row_id is null), min(o.id::text) filter (where r.id is null and q.row_id is null)
from old_friend_requests o
left join friend_requests r on r.id = o.id
left join legacy.upgrade_actions q on q.source = 'friend_requests' and q.action = 'quarantined' and q.row_id = coalesce(o.id::text, '')
-- invariant: legacy = new + quarantined: contacts of accounts that live
select count(*), count(*) filter (where c.id is null and q.row_id is null),
       min(o.user_id || ' ' || o.contact_user_id) filter (where c.id is null and q.row_id is null)
from old_contacts o
left join contacts c on c.user_id = o.user_id and c.contact_user_id = o.contact_user_id
left join legacy.upgrade_actions q on q.source = 'contacts' and q.action = 'quarantined'
    and q.row_id = coalesce(o.user_id::text, '') || ' ' || coalesce(o.contact_user_id::text, '')
where not exists (select from users u where u.id in (o.user_id, o.contact_user_id) and u.deleted_at is not null)
-- invariant: legacy = new + quarantined: usage_tracking of accounts that live
select count(*), count(*) filter (where t.user_id is null and q.row_id is null),
       min(concat_ws(' ', o.user_id, o.metric_type, o.period_start)) filter (where t.user_id is null and q.row_id is null)
from old_usage_tracking o
left join usage_tracking t on t.user_id = o.user_id and t.period_start = o.period_start
    and t.metric_type = 'legacy_' || coalesce(o.metric_type, 'unknown')
left join legacy.upgrade_actions q on q.source = 'usage_tracking' and q.action = 'quarantined'
    and q.row_id = concat_ws(' ', o.user_id, o.metric_type, o.period_start)
where not exists (select from users u where u.id = o.user_id and u.deleted_at is not null)
