-- Accounts, and tombstones for whoever is spoken of but gone. Reads the temporary views of LegacyTables.

-- Who bears which name. The oldest account keeps a name that several have (case folded); who has none gets the local part of
-- the address, made valid.
create temp table names (
    user_id  uuid primary key,
    born     timestamptz,
    old_name text,
    base     text not null,
    name     text,
    reason   text
) on commit drop;
insert into names
select id, created_at, username, base,
       case when given and place = 1 then base end,
       case when not given then 'no name' when place > 1 then 'name taken' end
from (
    select id, created_at, username, given, base,
           row_number() over (partition by given, lower(base) order by created_at, id) as place
    from (
        select id, coalesce(created_at, updated_at) as created_at, username,
               said is not null as given,
               coalesce(said, left(spoken, 30) || repeat('_', 3 - length(spoken))) as base
        from (
            -- Who had a name before a rollback, for which the old table has no place, keeps it.
            select u.*, coalesce(case when btrim(u.username) <> '' then left(u.username, 255) end, k.username) as said
            from old_users u left join known_users k on k.id = u.id
        ) as named
        cross join lateral (select regexp_replace(
            regexp_replace(split_part(coalesce(email, ''), '@', 1), '[^A-Za-z0-9_]+', '_', 'g'),
            '^([^A-Za-z]|$)', 'u\1') as spoken) as address
    ) as wanted
) as placed;
create index on names (lower(name));
analyze names;

-- How far the numbers behind a name have gone, so that thousands of the same are no work of thousands squared.
create temp table numbered (base text primary key, last integer not null) on commit drop;

do $$
declare
    someone   record;
    number    integer;
    suffix    text;
    candidate text;
begin
    for someone in select * from names where name is null order by reason desc, born, user_id loop
        number := coalesce((select last from numbered where base = lower(someone.base)),
                           case someone.reason when 'no name' then 0 else 1 end);
        loop
            number := number + 1;
            suffix := case when number = 1 then '' else '_' || number end;
            candidate := left(someone.base, greatest(30, least(length(someone.base), 255)) - length(suffix)) || suffix;
            exit when not exists (select from names where lower(name) = lower(candidate));
        end loop;
        update names set name = candidate where user_id = someone.user_id;
        insert into numbered values (lower(someone.base), number)
            on conflict (base) do update set last = excluded.last;
    end loop;
end $$;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'users', user_id::text, 'renamed', reason, jsonb_build_object('from', old_name, 'to', name)
from names where reason is not null order by born, user_id;

create temp table addresses on commit drop as
select id, email, address, count(*) over (partition by lower(address)) as holders
from (select id, email, case when char_length(email) between 1 and 255 then email else id || '@invalid' end as address
      from old_users) as given;
alter table addresses add primary key (id);
analyze addresses;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'users', id::text, 'shared', 'address differs from another''s only in case', jsonb_build_object('email', email)
from addresses where holders > 1;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'users', id::text, 'replaced', 'address too long', jsonb_build_object('email', email)
from addresses where char_length(email) > 255;

-- Who is spoken of but gone. A message without sender, or whose author has no account, gets somebody for that author.
create temp table strangers on commit drop as
select gen_random_uuid() as id, author, min(at) as seen
from (
    select coalesce(author, 'unknown') as author, coalesce(created_at, timestamp) as at
    from old_messages m
    where user_id is null and not exists (select from old_users u where u.username = m.author)
    union all
    select 'unknown', coalesce(created_at, updated_at) from old_chat_messages where sender_id is null
) as unknown
group by author;
alter table strangers add primary key (author);
analyze strangers;

create temp table gone on commit drop as
select id, (array_agg(reason order by place))[1] as reason, null::text as author, min(at) as seen
from (
    select sender_id as id, 1 as place, 'sender gone' as reason, coalesce(created_at, updated_at) as at
    from old_chat_messages m where exists (select from old_conversations c where c.id = m.conversation_id)
    union all
    select sender_id, 1, 'sender gone', created_at from kept_messages
    union all
    select user_id, 2, 'author gone', coalesce(created_at, timestamp) from old_messages
    union all
    select user_id, 3, 'participant gone', joined_at from old_conversation_participants p
    where exists (select from old_conversations c where c.id = p.conversation_id)
) as mentioned
where id is not null and not exists (select from old_users u where u.id = mentioned.id)
group by id
union all
select id, 'author without an account', author, seen from strangers;

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select 'users', id::text, 'placeholder', reason, jsonb_strip_nulls(jsonb_build_object('author', author)) from gone;

insert into users (id, created_at, updated_at, deleted_at)
select id, coalesce(seen, now()), now(), now() from gone;

insert into users (id, username, email, email_shared, password_hash, stripe_customer_id, subscription_status, last_seen,
                   created_at, updated_at)
select u.id, n.name, a.address, a.holders > 1, coalesce(u.password_hash, ''), u.stripe_customer_id, u.subscription_status,
       seen.last_seen, coalesce(u.created_at, u.updated_at, now()),
       coalesce(u.updated_at, u.created_at, now())
from old_users u
join names n on n.user_id = u.id
join addresses a on a.id = u.id
left join (select contact_user_id, max(last_seen) as last_seen from old_contacts group by contact_user_id) seen
    on seen.contact_user_id = u.id;
