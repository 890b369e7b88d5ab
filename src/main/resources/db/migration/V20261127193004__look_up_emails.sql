-- Reason: log-in, sign-up and friend requests look for every account of an address, shared ones included.
-- Locking cost: none that anybody waits for; waits itself for every open transaction, a dump's included.

drop index concurrently if exists users_email_folded_lookup;
create index concurrently users_email_folded_lookup on users (lower(email collate "C")) where deleted_at is null;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193004', '20240105000000')
    on conflict (schema_version) do nothing;
