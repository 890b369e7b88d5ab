-- Which message goes where: its conversation, its place there (by time, then id; gapless), and its version. The rows
-- themselves are copied afterwards, slice by slice.

create temp table found on commit drop as
select 'chat_messages' as origin, m.source, m.id, p.into_id as conversation_id,
       coalesce(m.sender_id, (select id from strangers where author = 'unknown')) as sender_id, null::text as author,
       coalesce(m.created_at, m.updated_at, p.created_at) as placed_at,
       coalesce(m.created_at, m.updated_at, p.created_at) as created_at,
       -- The old client's literal, whole header texts, lists and what looks like somebody's message id are no versions.
       case when m.braid_version <> 'initial' and m.braid_version ~ '^[^\x01-\x20\x7f",]([^\x01-\x1f\x7f",]*[^\x01-\x20\x7f",])?$'
                 and char_length(m.braid_version) <= 200
                 and m.braid_version !~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
            then m.braid_version end as version,
       case when m.id is null then 'no id'
            when m.conversation_id is null then 'no conversation'
            when p.id is null then 'its conversation does not exist'
            when m.id = p.into_id then 'its id is its conversation''s'
       end as problem
from old_chat_messages m
left join places p on p.id = m.conversation_id;

insert into found
select 'messages', m.source, m.id, room.id, coalesce(m.user_id, known.id, stranger.id),
       coalesce(m.author, writer.username, 'unknown'),
       coalesce(m.created_at, m.timestamp, now()), coalesce(m.timestamp, m.created_at, now()), null,
       case when m.id is null then 'no id' end
from old_messages m
cross join (select id from conversations where kind = 'room') room
left join users writer on writer.id = m.user_id
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

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'chat_messages', coalesce(m.id::text, ''), 'quarantined', f.problem, to_jsonb(m) - 'source'
from found f join old_chat_messages m on m.source = f.source
where f.origin = 'chat_messages' and f.problem is not null;
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'messages', coalesce(m.id::text, ''), 'quarantined', f.problem, to_jsonb(m) - 'source'
from found f join old_messages m on m.source = f.source
where f.origin = 'messages' and f.problem is not null;

-- A message of the room whose id a chat message has as well gets another one, the same at every try.
create temp table renumbered on commit drop as
select r.source, r.id, md5('room ' || r.id)::uuid as new_id
from found r
where r.origin = 'messages' and r.problem is null
  and exists (select from found c where c.origin = 'chat_messages' and c.problem is null and c.id = r.id);
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'messages', id::text, 'renumbered', 'a chat message has the same id', jsonb_build_object('to', new_id)
from renumbered;

create temp table kept_versions on commit drop as
select conversation_id, version from found
where problem is null and version is not null
group by conversation_id, version having count(*) = 1;

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
       row_number() over (partition by f.conversation_id order by f.placed_at, f.id), f.sender_id, f.author, v.version,
       f.created_at
from found f
left join renumbered r on f.origin = 'messages' and r.source = f.source
left join kept_versions v on v.conversation_id = f.conversation_id and v.version = f.version
where f.problem is null
order by f.origin, f.placed_at, f.id;
analyze placed;
