-- Reason: log-ins that failed are counted for all replicas together.
-- Locking cost: none, everything is new.

set local lock_timeout = '2s';

create table login_failures (
    account  uuid        not null,
    address  text        not null,
    failures integer     not null,
    until    timestamptz not null,
    constraint login_failures_pkey primary key (account, address),
    constraint login_failures_not_negative check (failures >= 0)
);
create index login_failures_until on login_failures (until);

comment on table login_failures is 'Wrong passwords lately. Not part of any lock order: a transaction that writes here writes nothing else.';
comment on column login_failures.account is 'A user''s id, or a keyed digest of a name that nobody has; hence no foreign key.';
comment on column login_failures.address is 'Whence, of IPv6 the first 64 bits; empty for everywhere.';
comment on column login_failures.until is 'When the count begins anew; removed some time later.';

insert into schema_compatibility (schema_version, oldest_binary) values ('20261125160000', '20240105000000');
