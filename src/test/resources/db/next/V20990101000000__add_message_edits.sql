-- What a release could add.
--
-- Reason: an example of a table that expands the schema. All of these are applied to a database that is served.
-- Locking cost: chat_messages for a moment, because of the foreign key; the rest is new.

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

insert into schema_compatibility (schema_version, oldest_binary) values ('20990101000000', '20240105000000');
