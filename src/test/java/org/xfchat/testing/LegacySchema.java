package org.xfchat.testing;

import java.util.List;

/** The old server's schemas as they are found: its stages, and what people made of them by hand. */
public enum LegacySchema {
    STAGE_1(1, Tables.USERS_1, Tables.MESSAGES, Tables.VERSION_HISTORY, Tables.USAGE_TRACKING),
    STAGE_2(2, Tables.USERS_1, Tables.MESSAGES, Tables.VERSION_HISTORY, Tables.USAGE_TRACKING, Tables.FRIENDS_2),
    STAGE_3(
            3,
            Tables.USERS_1,
            Tables.MESSAGES,
            Tables.VERSION_HISTORY,
            Tables.USAGE_TRACKING,
            Tables.FRIENDS_2,
            Tables.CHAT_MESSAGES),
    STAGE_4(
            4,
            "create extension if not exists \"uuid-ossp\"; create extension if not exists pgcrypto;",
            Tables.USERS_1,
            Tables.MESSAGES,
            Tables.VERSION_HISTORY,
            Tables.USAGE_TRACKING,
            Tables.FRIENDS_4,
            Tables.CHAT_MESSAGES,
            Tables.TRIGGERS),
    /** The original plan's schema, applied by hand. */
    ORIGINAL_PLAN(
            4,
            Tables.USERS_1,
            Tables.MESSAGES,
            Tables.VERSION_HISTORY,
            Tables.USAGE_TRACKING,
            Tables.FRIENDS_4,
            Tables.CHAT_MESSAGES,
            """
            alter table chat_messages alter column conversation_id drop not null;
            alter table chat_messages add constraint fk_chat_messages_sender foreign key (sender_id) references users (id);
            alter table usage_tracking add constraint fk_usage_tracking_user foreign key (user_id) references users (id);
            comment on table chat_messages is 'Messages';
            """),
    DEPRECATED_TABLES_DROPPED(4, Tables.USERS_1, Tables.USAGE_TRACKING, Tables.FRIENDS_4, Tables.CHAT_MESSAGES),
    /** What a repair script left. */
    REPAIRED(
            3,
            Tables.USERS_1,
            "create table conversations (id uuid primary key, created_at timestamptz, updated_at" + " timestamptz);",
            Tables.CHAT_MESSAGES),
    /** What a reset script left: no message of either kind. */
    RESET(2, Tables.USERS_1, Tables.VERSION_HISTORY, Tables.USAGE_TRACKING, Tables.FRIENDS_4),
    EPOCH_TIMESTAMPS(
            3,
            "create table users (id uuid primary key, email varchar(255) unique not null, password_hash varchar(255) not"
                    + " null, created_at bigint, updated_at bigint);",
            "create table messages (id uuid primary key, user_id uuid, text text, author varchar(255), timestamp bigint);",
            "create table conversations (id uuid primary key, created_at bigint, updated_at bigint);",
            "create table conversation_participants (id uuid, conversation_id uuid, user_id uuid, joined_at bigint);",
            "create table chat_messages (id uuid primary key, conversation_id uuid, sender_id uuid, content text,"
                    + " created_at bigint);"),
    OTHER_VERSION_HISTORY(
            1,
            Tables.USERS_1,
            Tables.MESSAGES,
            Tables.USAGE_TRACKING,
            "create table version_history (id uuid primary key, user_id uuid, version_id varchar(255), parent_versions"
                    + " text[], created_at timestamptz, unique (user_id, version_id));");

    /** The pieces; constants of an enum cannot be used before its values. */
    private static final class Tables {
        static final String USERS_1 = """
                create table users (id uuid primary key, email varchar(255) unique not null,
                    password_hash varchar(255) not null, stripe_customer_id varchar(255), subscription_status varchar(50),
                    created_at timestamptz, updated_at timestamptz);
                """;
        static final String MESSAGES = """
                create table messages (id uuid primary key, user_id uuid references users (id) on delete set null, text text,
                    author varchar(255), timestamp timestamptz, version varchar(255), created_at timestamptz,
                    is_read boolean, is_delivered boolean);
                """;
        static final String VERSION_HISTORY =
                "create table version_history (version_id varchar(255) primary key, user_id uuid, parents text[],"
                        + " created_at timestamptz);";
        static final String USAGE_TRACKING = """
                create table usage_tracking (user_id uuid, metric_type varchar(100), count int, period_start date,
                    period_end date, created_at timestamptz, updated_at timestamptz,
                    primary key (user_id, metric_type, period_start));
                """;
        private static final String PEOPLE = """
                alter table users add column username varchar(255);
                create table friend_requests (id uuid primary key, from_user_id uuid, to_user_id uuid,
                    from_username varchar(30), from_email varchar(255), to_email varchar(255), message text,
                    status varchar(50) check (status in ('pending', 'accepted', 'rejected', 'blocked')),
                    created_at timestamptz, responded_at timestamptz, check (from_user_id <> to_user_id));
                create table contacts (id uuid primary key, user_id uuid, contact_user_id uuid, username varchar(255),
                    email varchar(255), avatar_url text, last_seen timestamptz, is_online boolean,
                    created_at timestamptz, updated_at timestamptz, unique (user_id, contact_user_id));
                create table conversation_participants (id uuid primary key, conversation_id uuid, user_id uuid,
                    joined_at timestamptz, unique (conversation_id, user_id));
                """;
        static final String FRIENDS_2 = PEOPLE
                + "create table conversations (id uuid primary key, created_at timestamptz, updated_at timestamptz);";
        static final String FRIENDS_4 = PEOPLE + """
                create table conversations (id uuid primary key,
                    created_by uuid not null references users (id) on delete cascade, name varchar(255), description text,
                    is_direct_message boolean default false, created_at timestamptz, updated_at timestamptz);
                """;
        static final String CHAT_MESSAGES = """
                create table chat_messages (id uuid primary key, conversation_id uuid not null, sender_id uuid not null,
                    content text, message_type varchar(20), is_read boolean, is_delivered boolean, crdt_timestamp bigint,
                    braid_version varchar(255), braid_parents text[], created_at timestamptz, updated_at timestamptz);
                """;
        static final String TRIGGERS = """
                create function update_updated_at_column() returns trigger language plpgsql as
                    'begin new.updated_at = now(); return new; end';
                create trigger update_users_updated_at before update on users
                    for each row execute function update_updated_at_column();
                """;
    }

    private final int stage;
    private final String sql;

    LegacySchema(int stage, String... sql) {
        this.stage = stage;
        this.sql = String.join("\n", List.of(sql));
    }

    /** The last of the old server's migrations that its tables show. */
    public int stage() {
        return stage;
    }

    /** Creates it in an empty schema. */
    public String sql() {
        return sql;
    }
}
