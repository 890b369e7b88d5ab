-- What a release could add.
--
-- Reason: an example of everything that an expanding migration may do. It is applied to a database that is served.
-- Locking cost: chat_messages and users for a moment each, to add columns without rewriting; the rest is new.

set local lock_timeout = '2s';

create table message_edits (
    id         uuid        not null,
    message_id uuid        not null,
    content    text        not null,
    edited_at  timestamptz not null default now(),
    constraint message_edits_pkey primary key (id),
    constraint message_edits_message_fkey foreign key (message_id) references chat_messages (id) on delete restrict
);
create index message_edits_message on message_edits (message_id, edited_at);
comment on table message_edits is 'An update of a message, which a later release shows.';

alter table chat_messages add column edited_at timestamptz;
alter table users
    add column locale text not null default 'en',
    add constraint users_locale_known check (locale in ('en', 'de')) not valid;
alter table conversations add column last_seq bigint;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990101000000', '20240105000000');
