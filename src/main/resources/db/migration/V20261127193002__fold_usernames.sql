-- Reason: no two live accounts have the same user name, whatever the locale of the database. The older index stays for
-- the version before, which looks for names with it.
-- Locking cost: none that anybody waits for; waits itself for every open transaction, a dump's included.

drop index concurrently if exists users_username_folded_key;
create unique index concurrently users_username_folded_key on users (lower(username collate "C"))
    where deleted_at is null and not username_shared;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193002', '20240105000000');
