-- What one schema that a rollback kept has that the old tables do not have. The placeholders: the schema; "left", in which the
-- rollback noted what could not go back; "newest", whether no later rollback kept another one, because of those before only
-- accounts, conversations and messages count; "newer", which excludes accounts (u) that a later one has, open or closed.
--
-- What is neither noted nor in the old table was removed there since, by whoever ran the old server: accounts, contacts and
-- requests stay removed; messages come back, with their conversation, because nothing that was acknowledged may be lost.

insert into kept_users
select u.id, u.email, u.username, u.password_hash, u.stripe_customer_id, u.subscription_status, u.created_at, u.updated_at
from ${schema}.users u
where u.deleted_at is null
  and not exists (select from old_users o where o.id = u.id)
  and not exists (select from closed_users o where o.id = u.id)
  and exists (select from ${left} l where l.source = 'users' and l.row_id = u.id::text)
  ${newer}
on conflict do nothing;

insert into kept_conversations
select c.id, c.created_by, c.name, c.description, c.created_at, c.created_at, '${schema}'
from ${schema}.conversations c
where c.kind <> 'room'
  and not exists (select from old_conversations o where o.id = c.id)
  and (exists (select from ${left} l where l.source = 'conversations' and l.row_id = c.id::text)
       or exists (select from ${schema}.chat_messages m where m.conversation_id = c.id))
on conflict do nothing;

insert into kept_conversation_participants
select p.conversation_id, p.user_id, p.joined_at
from ${schema}.conversation_participants p
where (exists (select from kept_conversations c where c.id = p.conversation_id and c.kept_in = '${schema}')
       or ${newest} and exists (select from ${left} l where l.source = 'conversation_participants'
                                  and l.row_id = p.conversation_id || ' ' || p.user_id))
  and not exists (select from old_conversation_participants o
                  where o.conversation_id = p.conversation_id and o.user_id = p.user_id)
on conflict do nothing;

insert into kept_contacts
select c.id, c.user_id, c.contact_user_id, c.display_name, c.avatar_url, null, c.created_at
from ${schema}.contacts c
where ${newest} and exists (select from ${left} l where l.source = 'contacts'
                              and l.row_id = c.user_id || ' ' || c.contact_user_id)
  and not exists (select from old_contacts o where o.user_id = c.user_id and o.contact_user_id = c.contact_user_id);

insert into kept_friend_requests
select f.id, f.from_user_id, f.to_user_id, f.message, f.status, f.created_at, f.responded_at
from ${schema}.friend_requests f
where ${newest} and exists (select from ${left} l where l.source = 'friend_requests' and l.row_id = f.id::text)
  and not exists (select from old_friend_requests o where o.id = f.id);

insert into kept_messages
select m.id, m.conversation_id, false, m.seq, m.sender_id, m.version, m.type, m.content, m.attributes, m.created_at
from ${schema}.chat_messages m
join ${schema}.conversations c on c.id = m.conversation_id and c.kind <> 'room'
where not exists (select from old_chat_messages o
                  join (select id from old_conversations union all select id from kept_conversations) as there
                      on there.id = o.conversation_id
                  where o.id = m.id and o.id <> o.conversation_id)
on conflict do nothing;

insert into kept_messages
select m.id, m.conversation_id, true, m.seq, m.sender_id, m.version, m.type, m.content, m.attributes, m.created_at
from ${schema}.chat_messages m
join ${schema}.conversations c on c.id = m.conversation_id and c.kind = 'room'
where not exists (select from old_messages o where o.id = m.id)
  and not exists (select from ${schema}.upgrade_actions r join old_messages o on o.id::text = r.row_id
                  where r.source = 'messages' and r.action = 'renumbered' and r.detail ->> 'to' = m.id::text)
on conflict do nothing;

insert into described
select m.id, m.type, m.attributes
from ${schema}.chat_messages m
join ${schema}.conversations c on c.id = m.conversation_id and c.kind <> 'room'
where ${newest} and (m.type <> 'text' or m.attributes <> '{}');

insert into legacy.upgrade_actions (source, row_id, action, reason, detail)
select k.source, k.row_id, 'taken back',
       case when l.row_id is null then 'gone from the old table since the rollback' else 'the old table had no place for it' end,
       jsonb_build_object('from', '${schema}')
from (
    select 'users' as source, id::text as row_id from kept_users
    union all select 'conversations', id::text from kept_conversations
    union all select 'conversation_participants', conversation_id || ' ' || user_id from kept_conversation_participants
    union all select 'contacts', user_id || ' ' || contact_user_id from kept_contacts
    union all select 'friend_requests', id::text from kept_friend_requests
    union all select case when in_room then 'messages' else 'chat_messages' end, id::text from kept_messages
) as k
left join ${left} l on l.source = k.source and l.row_id = k.row_id
where not exists (select from legacy.upgrade_actions a
                  where a.action = 'taken back' and a.source = k.source and a.row_id = k.row_id);
