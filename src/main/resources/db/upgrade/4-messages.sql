-- One slice of the messages; ? is its first and its last number. Of an image or a file the old server kept the text only.
insert into chat_messages (id, conversation_id, seq, sender_id, version, type, content, attributes, created_at)
select p.id, p.conversation_id, p.seq, p.sender_id, p.version, coalesce(before.type, kind), coalesce(m.content, ''),
       case when before.id is not null then before.attributes else case kind
           when 'image' then jsonb_build_object('url', url, 'thumbnail', null, 'width', null, 'height', null)
           when 'file' then jsonb_build_object('filename', '', 'size', 0, 'mime_type', 'application/octet-stream', 'url', url)
           else '{}'
       end end,
       p.created_at
from placed p
join old_chat_messages m on m.source = p.source
left join described before on before.id = p.id
cross join lateral (select case when m.message_type in ('image', 'file', 'system') then m.message_type else 'text' end as kind,
                           case when m.content ~ '^https?://\S+$' and char_length(m.content) <= 4000 then m.content else '' end as url) as what
where p.origin = 'chat_messages' and p.n between ? and ?
