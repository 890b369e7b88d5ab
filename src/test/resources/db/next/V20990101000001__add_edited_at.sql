-- Reason: messages that say when they were edited.
-- Locking cost: chat_messages for a moment, to add to the catalog; nothing is read or rewritten.

set local lock_timeout = '2s';

alter table chat_messages add column edited_at timestamptz;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990101000001', '20240105000000');
