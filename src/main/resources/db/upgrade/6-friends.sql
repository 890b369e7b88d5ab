-- Friend requests and contacts, completed: who accepted is a contact both ways, and contacts have a direct conversation.

create temp table asked on commit drop as
select r.*, lower(coalesce(r.status, 'pending')) as state, least(r.from_user_id, r.to_user_id) as low,
       greatest(r.from_user_id, r.to_user_id) as high, coalesce(r.created_at, r.responded_at, now()) as at,
       case when r.id is null then 'no id'
            when row_number() over (partition by r.id order by r.source) > 1 then 'id repeated'
            when f.id is null or t.id is null then 'a user does not exist'
            when f.id = t.id then 'to oneself'
            when lower(coalesce(r.status, 'pending')) not in ('pending', 'accepted', 'rejected', 'blocked') then 'unknown status'
       end as problem
from old_friend_requests r
left join old_users f on f.id = r.from_user_id
left join old_users t on t.id = r.to_user_id;
analyze asked;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'friend_requests', coalesce(a.id::text, ''), 'quarantined', a.problem, to_jsonb(r) - 'source'
from asked a join old_friend_requests r on r.source = a.source
where a.problem is not null;

create temp table surplus on commit drop as
select id from (select id, row_number() over (partition by low, high order by at, id) as place from asked
                where problem is null and state = 'pending') as pending
where place > 1;
analyze surplus;
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'friend_requests', id::text, 'rejected', 'an older request of the same two is pending', '{}' from surplus;

insert into friend_requests (id, from_user_id, to_user_id, message, status, created_at, responded_at)
select a.id, a.from_user_id, a.to_user_id, a.message, case when s.id is null then a.state else 'rejected' end, a.at,
       case when s.id is null then a.responded_at else now() end
from asked a left join surplus s on s.id = a.id
where a.problem is null;

create temp table known on commit drop as
select c.*, case when u.id is null or o.id is null then 'a user does not exist'
                 when u.id = o.id then 'with oneself'
                 when row_number() over (partition by c.user_id, c.contact_user_id order by c.created_at, c.source) > 1
                 then 'repeated'
            end as problem,
       row_number() over (partition by c.id order by c.source) > 1 as id_taken
from old_contacts c
left join old_users u on u.id = c.user_id
left join old_users o on o.id = c.contact_user_id;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'contacts', coalesce(user_id::text, '') || ' ' || coalesce(contact_user_id::text, ''), 'quarantined', problem,
       to_jsonb(known) - 'source' - 'problem' - 'id_taken'
from known where problem is not null;

insert into contacts (id, user_id, contact_user_id, display_name, avatar_url, created_at)
select case when id is null or id_taken then gen_random_uuid() else id end, user_id, contact_user_id, display_name,
       avatar_url, coalesce(created_at, now())
from known where problem is null;

-- Pairs that are friends. What one of them blocked is not completed.
create temp table pairs on commit drop as
select low, high, (array_agg(asker order by at, asker) filter (where asker is not null))[1] as asker, min(at) as since
from (
    select low, high, from_user_id as asker, coalesce(responded_at, at) as at
    from asked a
    where problem is null and state = 'accepted'
      and not exists (select from asked b where b.problem is null and b.state = 'blocked' and b.low = a.low and b.high = a.high)
    union all
    select least(user_id, contact_user_id), greatest(user_id, contact_user_id), null, created_at from contacts
) as friends
group by low, high;
analyze pairs;

with added as (
    insert into contacts (id, user_id, contact_user_id, created_at)
    select gen_random_uuid(), one, other, since
    from (select low as one, high as other, since from pairs union all select high, low, since from pairs) as both_ways
    on conflict on constraint contacts_pair_key do nothing
    returning id
)
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'contacts', id::text, 'completed', 'friends without this contact', '{}' from added;

with added as (
    insert into conversations (id, kind, pair_low, pair_high, created_by, created_at)
    select gen_random_uuid(), 'direct', low, high, asker, since from pairs
    on conflict (pair_low, pair_high) where pair_low is not null do nothing
    returning id, pair_low, pair_high, created_at
), joined as (
    insert into conversation_participants (conversation_id, user_id, joined_at)
    select id, pair_low, created_at from added union all select id, pair_high, created_at from added
)
insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'conversations', id::text, 'completed', 'friends without a conversation', '{}' from added;
