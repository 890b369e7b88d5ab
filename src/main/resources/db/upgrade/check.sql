-- What must be true of every database of ours. Each query answers: rows examined, violations, some of these.
-- invariant: every conversation's log is gapless from 1
select coalesce(sum(entries), 0), count(*) filter (where first <> 1 or last <> entries or places <> entries),
       min(conversation_id::text) filter (where first <> 1 or last <> entries or places <> entries)
from (select conversation_id, count(*) as entries, min(seq) as first, max(seq) as last, count(distinct seq) as places
      from chat_messages group by conversation_id) as logs
-- invariant: every version is unique in its conversation
select count(*), count(*) filter (where copies > 1 or id_of_other),
       min(conversation_id || ' ' || version) filter (where copies > 1 or id_of_other)
from (select m.conversation_id, m.version, count(*) as copies,
             bool_or(m.version = m.conversation_id::text or exists (
                 select from chat_messages o where o.id = case when m.version ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
                                                               then m.version::uuid end
                   and o.conversation_id = m.conversation_id)) as id_of_other
      from chat_messages m where m.version is not null group by m.conversation_id, m.version) as versions
-- invariant: message ids are unique
select count(*), count(*) - count(distinct id), null from chat_messages
-- invariant: one direct conversation per pair
select count(*), count(*) filter (where copies > 1), min(concat_ws(' ', pair_low, pair_high)) filter (where copies > 1)
from (select pair_low, pair_high, count(*) as copies from conversations where kind = 'direct' group by pair_low, pair_high) as pairs
-- invariant: a direct conversation has its pair as participants, and nobody else
select count(*), count(*) filter (where not right_ones), min(id::text) filter (where not right_ones)
from (select c.id, coalesce(array_agg(p.user_id order by p.user_id) filter (where p.user_id is not null), '{}')
                   = array[c.pair_low, c.pair_high] as right_ones
      from conversations c left join conversation_participants p on p.conversation_id = c.id
      where c.kind = 'direct' group by c.id, c.pair_low, c.pair_high) as direct
-- invariant: there is one room, without participants
select count(*), abs(count(*) - 1) + count(p.user_id), null
from conversations c left join conversation_participants p on p.conversation_id = c.id where c.kind = 'room'
-- invariant: contacts go both ways
select count(*), count(*) filter (where back.user_id is null),
       min(c.user_id || ' ' || c.contact_user_id) filter (where back.user_id is null)
from contacts c left join contacts back on back.user_id = c.contact_user_id and back.contact_user_id = c.user_id
-- invariant: at most one request of a pair is pending
select count(*), count(*) filter (where copies > 1), min(low || ' ' || high) filter (where copies > 1)
from (select least(from_user_id, to_user_id) as low, greatest(from_user_id, to_user_id) as high, count(*) as copies
      from friend_requests where status = 'pending' group by 1, 2) as pending
-- invariant: live user names are unique regardless of case, but for those that are marked as shared
select count(*), count(*) filter (where copies > 1 and not shared), min(name) filter (where copies > 1 and not shared)
from (select case when state ->> 'username_shared' is not null then lower(username collate "C") else lower(username) end as name,
             count(*) as copies, bool_and(coalesce((state ->> 'username_shared')::boolean, false)) as shared
      from (select username, to_jsonb(users) as state from users where deleted_at is null) as live group by 1) as names
-- invariant: live addresses are unique regardless of case, but for those that are marked as shared
select count(*), count(*) filter (where copies > 1 and not shared), min(address) filter (where copies > 1 and not shared)
from (select case when state ->> 'username_shared' is not null then lower(email collate "C") else lower(email) end as address,
             count(*) as copies, bool_and(email_shared) as shared
      from (select email, email_shared, to_jsonb(users) as state from users where deleted_at is null) as live group by 1) as addresses
-- invariant: names and addresses of two accounts that are the same regardless of case are spelled differently (they are listed)
with live as materialized (
    select id, 'name' as kind, username as text from users where deleted_at is null
    union all
    select id, 'address', email from users where deleted_at is null
), pairs as (
    select one.kind, one.text as one, other.text as other, '' as by
    from live as one join live as other on other.kind = one.kind and lower(other.text collate "C") = lower(one.text collate "C")
    where one.id < other.id
    union all
    select one.kind, one.text, other.text, ' (the same only in this database''s locale; XFChat takes them for different)'
    from live as one join live as other on other.kind = one.kind and lower(other.text) = lower(one.text)
    where one.id < other.id and lower(other.text collate "C") <> lower(one.text collate "C")
)
select count(*), count(*) filter (where one = other),
       coalesce(min(one) filter (where one = other),
                (select string_agg(one || ' = ' || other || by, ', ')
                 from (select * from pairs order by kind desc, by, one, other limit 20) as first)
                || case when count(*) > 20 then ', and ' || count(*) - 20 || ' more' else '' end)
from pairs
-- invariant: no message without its conversation or sender
select count(*), count(*) filter (where c.id is null or u.id is null), min(m.id::text) filter (where c.id is null or u.id is null)
from chat_messages m left join conversations c on c.id = m.conversation_id left join users u on u.id = m.sender_id
-- invariant: no participant without conversation or account
select count(*), count(*) filter (where c.id is null or u.id is null),
       min(p.conversation_id || ' ' || p.user_id) filter (where c.id is null or u.id is null)
from conversation_participants p left join conversations c on c.id = p.conversation_id left join users u on u.id = p.user_id
-- invariant: no contact or request without its accounts
select count(*), count(*) filter (where a.id is null or b.id is null), min(f.id::text) filter (where a.id is null or b.id is null)
from (select id, user_id as one, contact_user_id as other from contacts
      union all select id, from_user_id, to_user_id from friend_requests) as f
left join users a on a.id = f.one left join users b on b.id = f.other
-- invariant: nobody has read what is not there
select count(*), count(*) filter (where p.read_seq > coalesce(head.seq, 0)),
       min(p.conversation_id || ' ' || p.user_id) filter (where p.read_seq > coalesce(head.seq, 0))
from conversation_participants p
left join lateral (select seq from chat_messages where conversation_id = p.conversation_id order by seq desc limit 1) head on true
