-- Reason: log-in and sign-up look for every account of a name, shared ones included.
-- Locking cost: none that anybody waits for; waits itself for every open transaction, a dump's included.

drop index concurrently if exists users_username_folded_lookup;
create index concurrently users_username_folded_lookup on users (lower(username collate "C")) where deleted_at is null;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193003', '20240105000000')
    on conflict (schema_version) do nothing;
