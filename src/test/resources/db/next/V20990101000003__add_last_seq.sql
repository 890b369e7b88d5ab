-- Reason: a list of conversations that need not look into the log.
-- Locking cost: conversations for a moment, to add to the catalog; nothing is read or rewritten.

set local lock_timeout = '2s';

alter table conversations add column last_seq bigint;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990101000003', '20240105000000');
