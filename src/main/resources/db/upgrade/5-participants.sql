-- Who is where; everything that there is counts as read.
insert into conversation_participants (conversation_id, user_id, read_seq, joined_at)
select p.into_id, m.user_id, coalesce(max(head.seq), 0), coalesce(min(m.joined_at), min(p.created_at))
from members m
join places p on p.id = m.conversation_id
left join lateral (select seq from chat_messages where conversation_id = p.into_id order by seq desc limit 1) head on true
group by p.into_id, m.user_id;
