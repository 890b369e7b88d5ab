-- Which message goes where: its conversation, its place there (by time, then id; gapless), and its version. The rows
-- themselves are copied afterwards, slice by slice.

create temp table found on commit drop as
select 'chat_messages' as origin, m.source, m.id, p.into_id as conversation_id,
       coalesce(m.sender_id, (select id from strangers where author = 'unknown')) as sender_id, null::text as author,
       -- A time from the future was taken as that of the upgrade; of one upgrade after the other the first counts.
       case when coalesce(m.created_at, m.updated_at) >= now() and k.id is not null then k.created_at
            else coalesce(m.ordered_at, k.created_at, p.created_at) end as placed_at,
       case when coalesce(m.created_at, m.updated_at) >= now() and k.id is not null then k.created_at
            else coalesce(m.created_at, m.updated_at, k.created_at, p.created_at) end as created_at,
       m.ordered_at as written_at, k.seq as seq_before,
       -- The old client's literal, whole header texts, lists and what looks like somebody's message id are no versions, nor is
       -- what the service refuses as a parent: control characters, and more than 200 characters, counted as Java counts them.
       case when k.id is not null then k.version
            when m.braid_version <> 'initial' and m.braid_version ~ '^[^\x01-\x20\x7f-\x9f",]([^\x01-\x1f\x7f-\x9f",]*[^\x01-\x20\x7f-\x9f",])?$'
                 and (octet_length(m.braid_version) <= 200
                      or char_length(m.braid_version) + (octet_length(m.braid_version) - octet_length(
                             regexp_replace(m.braid_version, '[\U00010000-\U0010ffff]', '', 'g'))) / 4 <= 200)
                 and m.braid_version !~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
            then m.braid_version end as version,
       case when m.id is null then 'no id'
            when m.conversation_id is null then 'no conversation'
            when p.id is null then 'its conversation does not exist'
            when m.id = p.into_id then 'its id is its conversation''s'
       end as problem
from old_chat_messages m
left join places p on p.id = m.conversation_id
left join known_messages k on k.id = m.id;

insert into found
select 'messages', m.source, m.id, room.id, coalesce(m.user_id, k.sender_id, known.id, stranger.id),
       coalesce(m.author, writer.username, 'unknown'),
       case when coalesce(m.created_at, m.timestamp) >= now() and k.id is not null then k.created_at
            else coalesce(m.ordered_at, k.created_at, now()) end,
       case when coalesce(m.timestamp, m.created_at) >= now() and k.id is not null then k.created_at
            else coalesce(m.timestamp, m.created_at, k.created_at, now()) end,
       m.ordered_at, k.seq, null,
       case when m.id is null then 'no id' end
from old_messages m
cross join (select id from conversations where kind = 'room') room
left join users writer on writer.id = m.user_id
left join (select k.id, k.seq, k.created_at, u.id as sender_id
           from known_messages k left join users u on u.id = k.sender_id and u.deleted_at is null) k on k.id = m.id
left join lateral (select u.id from old_users u where m.user_id is null and u.username = m.author
                   order by u.created_at, u.id limit 1) known on true
left join strangers stranger on m.user_id is null and stranger.author = coalesce(m.author, 'unknown');

analyze found;
-- Tables that lost their primary key: of several rows with one id the oldest counts.
update found set problem = 'id repeated'
from (select f.source, f.origin, row_number() over (partition by f.origin, f.id order by f.placed_at, f.source) as copy
      from (select origin, id from found where problem is null group by origin, id having count(*) > 1) as several
      join found f on f.origin = several.origin and f.id = several.id and f.problem is null) as copies
where found.origin = copies.origin and found.source = copies.source and copy > 1;

-- What is only where a rollback kept it.
insert into found
select 'rolled_back', k.source, k.id, case when k.in_room then room.id else p.into_id end, k.sender_id, null, k.created_at,
       k.created_at, null, k.seq, k.version,
       case when not k.in_room and p.id is null then 'its conversation does not exist' end
from (select ctid as source, * from kept_messages) as k
cross join (select id from conversations where kind = 'room') room
left join places p on p.id = k.conversation_id;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'chat_messages', coalesce(m.id::text, ''), 'quarantined', f.problem, to_jsonb(m) - array['source', 'ordered_at']
from found f join old_chat_messages m on m.source = f.source
where f.origin = 'chat_messages' and f.problem is not null;
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'messages', coalesce(m.id::text, ''), 'quarantined', f.problem, to_jsonb(m) - array['source', 'ordered_at']
from found f join old_messages m on m.source = f.source
where f.origin = 'messages' and f.problem is not null;
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'rolled_back', k.id::text, 'quarantined', f.problem, to_jsonb(k)
from found f join kept_messages k on k.ctid = f.source
where f.origin = 'rolled_back' and f.problem is not null;

-- A message of the room whose id a chat message has as well gets another one, the same at every try.
create temp table renumbered on commit drop as
select r.source, r.id, md5('room ' || r.id)::uuid as new_id
from found r
where r.origin = 'messages' and r.problem is null
  and exists (select from found c where c.origin <> 'messages' and c.problem is null and c.id = r.id);
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'messages', id::text, 'renumbered', 'a chat message has the same id', jsonb_build_object('to', new_id)
from renumbered;

create temp table kept_versions on commit drop as
select conversation_id, version, count(*) as holders from found
where problem is null and version is not null
-- Who had it before a rollback keeps it.
group by conversation_id, version having count(*) = 1 or count(seq_before) = 1;

analyze kept_versions, renumbered;

create temp table placed (
    n               bigint generated always as identity primary key,
    origin          text        not null,
    source          tid         not null,
    id              uuid        not null,
    conversation_id uuid        not null,
    seq             bigint      not null,
    sender_id       uuid        not null,
    author          text,
    version         text,
    created_at      timestamptz not null
) on commit drop;
insert into placed (origin, source, id, conversation_id, seq, sender_id, author, version, created_at)
select f.origin, f.source, coalesce(r.new_id, f.id), f.conversation_id,
       row_number() over (partition by f.conversation_id order by f.placed_at, f.seq_before, f.id), f.sender_id, f.author, v.version,
       f.created_at
from found f
left join renumbered r on f.origin = 'messages' and r.source = f.source
left join kept_versions v on v.conversation_id = f.conversation_id and v.version = f.version
    and (v.holders = 1 or f.seq_before is not null)
where f.problem is null
order by f.origin, f.placed_at, f.seq_before, f.id;
analyze placed;

-- Where the order before a rollback is not that of the times as the old tables have them.
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select distinct 'conversations', conversation_id::text, 'ordered', 'in the order that it had before the rollback', jsonb '{}'
from (select conversation_id, coalesce(written_at, created_at) as written_at, id,
             lag(coalesce(written_at, created_at)) over before as written_before, lag(id) over before as id_before
      from found where problem is null and origin <> 'rolled_back' and exists (select from known_messages)
      window before as (partition by conversation_id order by placed_at, seq_before, id)) as neighbours
where (written_at, id) < (written_before, id_before);
