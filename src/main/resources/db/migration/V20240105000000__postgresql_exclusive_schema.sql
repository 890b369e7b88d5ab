-- The whole schema of XFChat on an empty database.
--
-- Reason: PostgreSQL is the exclusive store; every promise (one order, no duplicate, one direct conversation per pair,
-- one pending request per pair) is a constraint here, named, so that the service can tell a client which one it met.
-- Locking cost: none, every object is new.
--
-- Lock order of everything that writes: replicas by id, conversations by id, chat_messages by id, users by id, then
-- friend_requests, conversation_participants and contacts by id, presence last; always FOR NO KEY UPDATE, so that foreign
-- keys never wait for it (a replica that is about to be removed is locked FOR UPDATE).

create table users (
    id                  uuid        not null,
    username            text,
    email               text,
    email_shared        boolean     not null default false,
    password_hash       text,
    stripe_customer_id  text,
    subscription_status text,
    last_seen           timestamptz,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    deleted_at          timestamptz,
    constraint users_pkey primary key (id),
    constraint users_username_length check (char_length(username) between 1 and 255),
    constraint users_email_length check (char_length(email) between 1 and 255),
    constraint users_live_or_tombstone check (
        case when deleted_at is null
             then username is not null and email is not null and password_hash is not null
             else username is null and email is null and password_hash is null
        end)
);
create unique index users_username_key on users (lower(username)) where deleted_at is null;
create unique index users_email_key on users (lower(email)) where deleted_at is null and not email_shared;
-- To count live accounts: equal keys are stored once, so that the whole index is a few pages.
create index users_live on users (deleted_at) where deleted_at is null;
-- Log-in and friend requests look for every account of an address, shared ones included.
create index users_email_lookup on users (lower(email)) where deleted_at is null;

comment on table users is 'Accounts. A deleted account stays as a tombstone, so that nobody''s history disappears.';
comment on column users.username is 'Unique among live accounts regardless of case; null once deleted.';
comment on column users.email is 'Unique among live accounts regardless of case unless email_shared; null once deleted.';
comment on column users.email_shared is 'An upgraded account whose address differs from another''s only in case.';
comment on column users.password_hash is 'Argon2id (PHC string) or bcrypt; anything else never logs in; null once deleted.';
comment on column users.stripe_customer_id is 'Carried over from the old server; not used.';
comment on column users.subscription_status is 'Carried over from the old server; shown to the user.';
comment on column users.last_seen is 'When the user''s last stream ended; null before the first.';
comment on column users.updated_at is 'Last change of name, address, hash or subscription.';
comment on column users.deleted_at is 'When the account was deleted; null while it lives.';

create table conversations (
    id          uuid        not null,
    kind        text        not null,
    pair_low    uuid,
    pair_high   uuid,
    name        text,
    description text,
    created_by  uuid,
    created_at  timestamptz not null default now(),
    constraint conversations_pkey primary key (id),
    constraint conversations_kind_known check (kind in ('direct', 'group', 'room')),
    constraint conversations_direct_has_pair check (
        (kind = 'direct') = (pair_low is not null and pair_high is not null)
        and (pair_low is null) = (pair_high is null)),
    constraint conversations_pair_ordered check (pair_low < pair_high),
    constraint conversations_pair_low_fkey foreign key (pair_low) references users (id) on delete restrict,
    constraint conversations_pair_high_fkey foreign key (pair_high) references users (id) on delete restrict,
    constraint conversations_created_by_fkey foreign key (created_by) references users (id) on delete restrict
);
create unique index conversations_direct_pair_key on conversations (pair_low, pair_high) where pair_low is not null;
create unique index conversations_single_room_key on conversations (kind) where kind = 'room';
-- For the foreign keys: a check on users that never scans.
create index conversations_pair_high on conversations (pair_high) where pair_high is not null;
create index conversations_created_by on conversations (created_by) where created_by is not null;

comment on table conversations is 'A conversation is an append-only log of chat_messages. Its row is locked, never updated, by an append.';
comment on column conversations.kind is 'direct: exactly one per pair; group: any number; room: everybody''s, without participant rows.';
comment on column conversations.pair_low is 'Direct only: the smaller user id of the pair.';
comment on column conversations.pair_high is 'Direct only: the greater user id of the pair.';
comment on column conversations.created_by is 'Who opened it; null where an old database does not say.';

-- Everybody's room, which /chat shows; there is no other way to it, and never a second one.
insert into conversations (id, kind) values (gen_random_uuid(), 'room');

create table conversation_participants (
    conversation_id uuid        not null,
    user_id         uuid        not null,
    read_seq        bigint      not null default 0,
    joined_at       timestamptz not null default now(),
    constraint conversation_participants_pkey primary key (conversation_id, user_id),
    constraint conversation_participants_read_seq_not_negative check (read_seq >= 0),
    constraint conversation_participants_conversation_fkey foreign key (conversation_id)
        references conversations (id) on delete restrict,
    constraint conversation_participants_user_fkey foreign key (user_id) references users (id) on delete restrict
);
create index conversation_participants_user on conversation_participants (user_id, conversation_id);

comment on table conversation_participants is 'Who reads and writes a direct or group conversation. Removing a row needs the conversation''s lock.';
comment on column conversation_participants.read_seq is 'Everything up to this seq is read; never goes back; 0 is nothing.';

create table chat_messages (
    id              uuid        not null,
    conversation_id uuid        not null,
    seq             bigint      not null,
    sender_id       uuid        not null,
    version         text,
    type            text        not null default 'text',
    content         text        not null,
    attributes      jsonb       not null default '{}',
    created_at      timestamptz not null,
    constraint chat_messages_pkey primary key (id),
    constraint chat_messages_seq_positive check (seq > 0),
    constraint chat_messages_version_length check (char_length(version) between 1 and 200),
    constraint chat_messages_version_differs_from_id check (version <> id::text),
    constraint chat_messages_attributes_object check (jsonb_typeof(attributes) = 'object'),
    constraint chat_messages_conversation_fkey foreign key (conversation_id)
        references conversations (id) on delete restrict,
    constraint chat_messages_sender_fkey foreign key (sender_id) references users (id) on delete restrict
);
-- The head of a log is the first entry of this index read backwards; the sender rides along for unread counts.
create unique index chat_messages_conversation_seq_key on chat_messages (conversation_id, seq) include (sender_id);
create unique index chat_messages_conversation_version_key on chat_messages (conversation_id, version)
    where version is not null;
-- For the foreign key only: no query asks by sender across conversations.
create index chat_messages_sender on chat_messages (sender_id);
-- Finds what was written lately, for the usage roll-up, at next to no cost for the append.
create index chat_messages_created_at on chat_messages using brin (created_at) with (autosummarize = on);

comment on table chat_messages is 'Entries of the conversations'' logs. Rows are inserted, never changed.';
comment on column chat_messages.id is 'Chosen by the client, unique across conversations; also the entry''s version unless version says otherwise.';
comment on column chat_messages.seq is 'Gapless from 1 within a conversation, assigned under the conversation''s lock: commit order is seq order.';
comment on column chat_messages.version is 'The client''s Version where it sent one that differs from the id; unique within a conversation.';
comment on column chat_messages.type is 'text, image, file, system; deliberately open (edits and reactions will be entries as well).';
comment on column chat_messages.attributes is 'What the type needs beside the text: url, width, height, thumbnail, filename, size, mime_type.';
comment on column chat_messages.created_at is 'Server clock, never before the previous entry''s; in an upgraded room what the old server showed.';

create table friend_requests (
    id           uuid        not null,
    from_user_id uuid        not null,
    to_user_id   uuid        not null,
    message      text,
    status       text        not null default 'pending',
    created_at   timestamptz not null default now(),
    responded_at timestamptz,
    constraint friend_requests_pkey primary key (id),
    constraint friend_requests_status_known check (status in ('pending', 'accepted', 'rejected', 'blocked')),
    constraint friend_requests_two_users check (from_user_id <> to_user_id),
    constraint friend_requests_from_user_fkey foreign key (from_user_id) references users (id) on delete restrict,
    constraint friend_requests_to_user_fkey foreign key (to_user_id) references users (id) on delete restrict
);
create unique index friend_requests_pending_pair_key
    on friend_requests (least(from_user_id, to_user_id), greatest(from_user_id, to_user_id))
    where status = 'pending';
create index friend_requests_to_user on friend_requests (to_user_id, status, created_at desc);
create index friend_requests_from_user on friend_requests (from_user_id, status);

comment on table friend_requests is 'Who asked whom; at most one pending per pair, in either direction.';
comment on column friend_requests.status is 'pending, accepted, rejected; blocked only in upgraded databases, and treated as refused for good.';

create table contacts (
    id              uuid        not null,
    user_id         uuid        not null,
    contact_user_id uuid        not null,
    display_name    text,
    avatar_url      text,
    created_at      timestamptz not null default now(),
    constraint contacts_pkey primary key (id),
    constraint contacts_pair_key unique (user_id, contact_user_id),
    constraint contacts_two_users check (user_id <> contact_user_id),
    constraint contacts_user_fkey foreign key (user_id) references users (id) on delete restrict,
    constraint contacts_contact_user_fkey foreign key (contact_user_id) references users (id) on delete restrict
);
create index contacts_contact_user on contacts (contact_user_id);

comment on table contacts is 'user_id has contact_user_id as a contact; always present both ways.';

create table usage_tracking (
    user_id      uuid        not null,
    metric_type  text        not null,
    period_start date        not null,
    period_end   date        not null,
    count        bigint      not null,
    updated_at   timestamptz not null default now(),
    constraint usage_tracking_pkey primary key (user_id, metric_type, period_start),
    constraint usage_tracking_period_ordered check (period_start < period_end),
    constraint usage_tracking_count_not_negative check (count >= 0),
    constraint usage_tracking_user_fkey foreign key (user_id) references users (id) on delete restrict
);

comment on table usage_tracking is 'Per user, metric and calendar month (UTC): messages sent, bytes of content stored. Rolled up, never written by an append.';
comment on column usage_tracking.period_end is 'First day after the period.';

create table usage_watermarks (
    conversation_id uuid   not null,
    seq             bigint not null,
    constraint usage_watermarks_pkey primary key (conversation_id),
    constraint usage_watermarks_seq_positive check (seq > 0),
    constraint usage_watermarks_conversation_fkey foreign key (conversation_id)
        references conversations (id) on delete restrict
);

comment on table usage_watermarks is 'Up to which seq a conversation''s entries are in usage_tracking; entries beyond are counted when asked.';

create table usage_roll_up (
    singleton    boolean     not null default true,
    rolled_up_at timestamptz not null,
    constraint usage_roll_up_pkey primary key (singleton),
    constraint usage_roll_up_one_row check (singleton)
);
insert into usage_roll_up (rolled_up_at) values ('epoch');

comment on table usage_roll_up is 'When the last roll-up began; the next one looks at entries that are not much older.';

create table log_epoch (
    singleton boolean not null default true,
    epoch     integer not null,
    raised_at timestamptz not null default now(),
    constraint log_epoch_pkey primary key (singleton),
    constraint log_epoch_one_row check (singleton),
    constraint log_epoch_not_negative check (epoch >= 0)
);
insert into log_epoch (epoch) values (0);

comment on table log_epoch is 'Raised by the restore procedure: going back in time rewinds seq, and clients must be able to tell.';

create table replicas (
    id          uuid        not null,
    lease_until timestamptz not null,
    constraint replicas_pkey primary key (id)
);

comment on table replicas is 'Processes that serve. Each writes its row every few seconds; one that does not is gone.';
comment on column replicas.lease_until is 'By the database''s clock: what presence says of this replica holds until then.';

create table presence (
    user_id    uuid not null,
    replica_id uuid not null,
    constraint presence_pkey primary key (user_id, replica_id),
    constraint presence_user_fkey foreign key (user_id) references users (id) on delete restrict,
    constraint presence_replica_fkey foreign key (replica_id) references replicas (id) on delete restrict
);
create index presence_replica on presence (replica_id);

comment on table presence is 'Who has a stream at which replica, or had until a moment ago. Online is who has a row of a replica whose lease lasts. Written under the user''s lock.';

create table upgrades (
    upgraded_at timestamptz not null,
    found       text        not null,
    seconds     numeric     not null,
    report      jsonb       not null,
    constraint upgrades_pkey primary key (upgraded_at)
);

comment on table upgrades is 'What became of an old database when it was converted; empty in a database that was born new.';
comment on column upgrades.found is 'What the old database was.';
comment on column upgrades.report is 'Per old table rows before, after, and what did not go one to one.';

create table schema_compatibility (
    schema_version text not null,
    oldest_binary  text not null,
    constraint schema_compatibility_pkey primary key (schema_version)
);
insert into schema_compatibility (schema_version, oldest_binary) values ('20240105000000', '20240105000000');

comment on table schema_compatibility is 'Per migration the oldest binary, named by its own newest migration, that can run on the schema.';
