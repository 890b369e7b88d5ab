-- One slice of what is only where a rollback kept it; ? is its first and its last number.
insert into chat_messages (id, conversation_id, seq, sender_id, version, type, content, attributes, created_at)
select p.id, p.conversation_id, p.seq, p.sender_id, p.version, m.type, m.content, m.attributes, p.created_at
from placed p
join kept_messages m on m.ctid = p.source
where p.origin = 'rolled_back' and p.n between ? and ?
