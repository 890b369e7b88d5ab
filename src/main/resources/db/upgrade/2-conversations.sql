-- Conversations: two participants make a direct one, and all direct ones of a pair become the oldest of them.

create temp table members on commit drop as
select p.conversation_id, p.user_id, min(p.joined_at) as joined_at
from old_conversation_participants p
join old_conversations c on c.id = p.conversation_id
where p.user_id is not null
group by p.conversation_id, p.user_id;
analyze members;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'conversation_participants', coalesce(p.conversation_id::text, '') || ' ' || coalesce(p.user_id::text, ''),
       'quarantined', case when p.user_id is null then 'no user' else 'its conversation does not exist' end, to_jsonb(p) - 'source'
from old_conversation_participants p
where p.source is not null
  and (p.user_id is null or p.conversation_id is null
       or not exists (select from old_conversations c where c.id = p.conversation_id));

create temp table places on commit drop as
select *, case when kind = 'direct' then first_value(id) over (partition by kind, users order by created_at, id) else id end
              as into_id
from (
    select c.id, c.created_by, coalesce(nullif(c.name, ''), k.name) as name,
           coalesce(nullif(c.description, ''), k.description) as description, coalesce(c.created_at, c.updated_at, now()) as created_at,
           coalesce(m.users, '{}') as users,
           case when cardinality(m.users) = 2 and k.kind is distinct from 'group' then 'direct' else 'group' end as kind
    from old_conversations c
    left join known_conversations k on k.id = c.id
    left join (select conversation_id, array_agg(user_id order by user_id) as users from members group by conversation_id) m
        on m.conversation_id = c.id
) as sized;
create unique index on places (id);
analyze places;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'conversations', id::text, 'merged', 'another direct conversation of the same two',
       jsonb_build_object('into', into_id)
from places where id <> into_id;

insert into conversations (id, kind, pair_low, pair_high, name, description, created_by, created_at)
select p.id, p.kind, case p.kind when 'direct' then p.users[1] end, case p.kind when 'direct' then p.users[2] end,
       p.name, p.description, u.id, p.created_at
from places p
left join users u on u.id = p.created_by
where p.id = p.into_id;
