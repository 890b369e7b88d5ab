-- One slice of the room's messages; ? is its first and its last number.
insert into chat_messages (id, conversation_id, seq, sender_id, content, attributes, created_at)
select p.id, p.conversation_id, p.seq, p.sender_id, coalesce(m.text, ''), jsonb_build_object('author', p.author), p.created_at
from placed p
join old_messages m on m.source = p.source
where p.origin = 'messages' and p.n between ? and ?
