-- Reason: users who choose a language.
-- Locking cost: users for a moment, to add to the catalog; nothing is read or rewritten.

set local lock_timeout = '2s';

alter table users
    add column locale text not null default 'en',
    add constraint users_locale_known check (locale in ('en', 'de')) not valid;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990101000002', '20240105000000');
