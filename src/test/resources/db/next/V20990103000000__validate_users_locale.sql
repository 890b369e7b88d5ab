-- Reason: the constraint of 20990101000002, which applied to new rows only, for those that were there.
-- Locking cost: reads users once; writes go on meanwhile.

set local lock_timeout = '2s';

alter table users validate constraint users_locale_known;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990103000000', '20240105000000');
