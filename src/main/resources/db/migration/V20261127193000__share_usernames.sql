-- Reason: which user names are the same is the service's own question: letters A to Z regardless of case, in every database.
-- A database whose locale takes I and i for different letters may have accounts that are the same by that; they stay, marked.
-- Locking cost: users for a moment; nothing is rewritten.

set local lock_timeout = '2s';

alter table users add column username_shared boolean not null default false;

comment on column users.username_shared is
    'An account whose name differs from an older one''s only in the case of letters A to Z, from a database that took them for different.';
comment on column users.username is 'Unique among live accounts regardless of the case of A to Z, unless username_shared; null once deleted.';
comment on column users.email is 'Unique among live accounts regardless of the case of A to Z, unless email_shared; null once deleted.';

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193000', '20240105000000');
