-- Reason: a release that searches for images.
-- Locking cost: none that anybody waits for; takes as long as reading the table twice. Waits for every open transaction, a dump's
-- included. One that is cut off leaves an invalid index, which the next try drops.

drop index concurrently if exists chat_messages_images;
create index concurrently chat_messages_images on chat_messages (conversation_id, seq) where type = 'image';

insert into schema_compatibility (schema_version, oldest_binary) values ('20990102000000', '20240105000000')
    on conflict (schema_version) do nothing;
