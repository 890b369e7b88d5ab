-- Reason: no two live accounts have the same address, whatever the locale of the database. The older index stays for
-- the version before.
-- Locking cost: none that anybody waits for; waits itself for every open transaction, a dump's included.

drop index concurrently if exists users_email_folded_key;
create unique index concurrently users_email_folded_key on users (lower(email collate "C"))
    where deleted_at is null and not email_shared;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193003', '20240105000000');
