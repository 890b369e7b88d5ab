-- What is only in the tables that a rollback kept, and would otherwise be lost: rows that could not go back into the old
-- tables, and messages that disappeared from there since. Filled by rolled-back.sql, once per such schema, the newest first;
-- empty where nothing was ever rolled back.

create temp table kept_users (
    id uuid primary key, email text, username text, password_hash text, stripe_customer_id text, subscription_status text,
    created_at timestamptz, updated_at timestamptz
) on commit drop;
create temp table kept_conversations (
    id uuid primary key, created_by uuid, name text, description text, created_at timestamptz, updated_at timestamptz,
    kept_in text not null
) on commit drop;
create temp table kept_conversation_participants (
    conversation_id uuid, user_id uuid, joined_at timestamptz, primary key (conversation_id, user_id)
) on commit drop;
create temp table kept_contacts (
    id uuid, user_id uuid, contact_user_id uuid, display_name text, avatar_url text, last_seen timestamptz,
    created_at timestamptz
) on commit drop;
create temp table kept_friend_requests (
    id uuid primary key, from_user_id uuid, to_user_id uuid, message text, status text, created_at timestamptz,
    responded_at timestamptz
) on commit drop;
create temp table kept_messages (
    id uuid primary key, conversation_id uuid not null, in_room boolean not null, seq bigint not null, sender_id uuid not null,
    version text, type text not null, content text not null, attributes jsonb not null, created_at timestamptz not null
) on commit drop;
-- What an image or a file of an old row was before the rollback: the old tables have no place for it.
create temp table described (id uuid primary key, type text not null, attributes jsonb not null) on commit drop;
