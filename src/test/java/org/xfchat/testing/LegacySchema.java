package org.xfchat.testing;

import java.time.temporal.ChronoUnit;
import java.util.List;

/** The old server's schemas as they are found: its stages, and what people made of them by hand. */
public enum LegacySchema {
    STAGE_1(1, Tables.ZONED, Tables.USERS, Tables.ROOM, Tables.VERSION_HISTORY, Tables.USAGE, Tables.recorded(1)),
    /** The history table knows of a migration less than was applied. */
    STAGE_2(
            2,
            Tables.ZONED,
            Tables.USERS,
            Tables.ROOM,
            Tables.VERSION_HISTORY,
            Tables.USAGE,
            Tables.FRIENDS,
            Tables.BARE_CONVERSATIONS,
            Tables.recorded(2)),
    STAGE_3(
            3,
            Tables.ZONED,
            Tables.USERS,
            Tables.ROOM,
            Tables.VERSION_HISTORY,
            Tables.USAGE,
            Tables.FRIENDS,
            Tables.BARE_CONVERSATIONS,
            Tables.CHAT_MESSAGES,
            Tables.recorded(4)),
    STAGE_4(4, Tables.ZONED, Tables.STAGE_4, Tables.recorded(5)),
    /** The original plan's schema, applied by hand. */
    ORIGINAL_PLAN(
            4,
            Tables.ZONED,
            Tables.USERS,
            Tables.ROOM,
            Tables.VERSION_HISTORY,
            Tables.USAGE,
            Tables.FRIENDS,
            Tables.CONVERSATIONS,
            Tables.CHAT_MESSAGES,
            """
            alter table chat_messages
                add constraint fk_chat_messages_conversation foreign key (conversation_id)
                    references conversations (id) on delete cascade,
                add constraint fk_chat_messages_sender foreign key (sender_id) references users (id) on delete cascade;
            alter table usage_tracking
                add constraint fk_usage_tracking_user foreign key (user_id) references users (id) on delete cascade;
            comment on table chat_messages is 'Messages of conversations';
            comment on table users is 'Accounts';
            comment on column chat_messages.braid_version is 'Version header of the message';
            """,
            Tables.recorded(4)),
    DEPRECATED_TABLES_DROPPED(
            4, Tables.ZONED, Tables.STAGE_4, "drop table messages; drop table version_history;", Tables.recorded(5)),
    /** What a repair script left. */
    REPAIRED(3, Tables.ZONED, Tables.USERS, Tables.BARE, Tables.CHAT_MESSAGES),
    /** What a reset script left: no message of either kind. */
    RESET(
            2,
            Tables.ZONED,
            Tables.USERS,
            Tables.VERSION_HISTORY,
            Tables.USAGE,
            Tables.FRIENDS,
            Tables.CONVERSATIONS,
            Tables.recorded(5)),
    /** Times are seconds since 1970. */
    EPOCH_TIMESTAMPS(3, Tables.SECONDS, Tables.USERS, Tables.ROOM, Tables.FRIENDS_LOOSE, Tables.CHAT_MESSAGES),
    /** Times are milliseconds since 1970. */
    EPOCH_MILLISECONDS(
            3,
            Tables.MILLISECONDS,
            Tables.USERS,
            Tables.ROOM,
            Tables.VERSION_HISTORY,
            Tables.USAGE,
            Tables.FRIENDS_LOOSE,
            Tables.CHAT_MESSAGES,
            Tables.recorded(4)),
    OTHER_VERSION_HISTORY(
            1,
            Tables.ZONED,
            Tables.USERS,
            Tables.ROOM,
            Tables.USAGE,
            "create table version_history (id uuid primary key default gen_random_uuid(), user_id uuid, version_id"
                    + " varchar(255), parent_versions text[], created_at ${time}, unique (user_id, version_id));"),
    /** Names of friend requests and contacts have room for thirty characters only. */
    SHORT_NAMES(
            3,
            Tables.ZONED,
            Tables.USERS,
            Tables.ROOM,
            Tables.FRIENDS,
            Tables.BARE_CONVERSATIONS,
            Tables.CHAT_MESSAGES,
            """
            alter table friend_requests alter column from_username type varchar(30),
                alter column from_email type varchar(30), alter column to_email type varchar(30);
            alter table contacts alter column username type varchar(30);
            """),
    /** Nothing is required or unique but an account's id and address, and nothing refers to anything. */
    WITHOUT_KEYS(
            3, Tables.ZONED, Tables.USERS, Tables.ROOM, Tables.USAGE, Tables.FRIENDS_LOOSE, Tables.CHAT_MESSAGES, """
            alter table messages drop constraint messages_pkey, drop constraint messages_user_id_fkey,
                alter column id drop not null, alter column created_at drop not null;
            alter table usage_tracking drop constraint usage_tracking_pkey;
            alter table chat_messages drop constraint chat_messages_pkey, alter column id drop not null,
                alter column created_at drop not null;
            alter table contacts drop constraint contacts_pkey;
            alter table friend_requests drop constraint friend_requests_pkey;
            alter table users alter column created_at drop not null;
            """),
    TIMESTAMPS_WITHOUT_ZONE(
            3,
            Tables.ZONELESS,
            Tables.USERS,
            Tables.ROOM,
            Tables.FRIENDS,
            Tables.BARE_CONVERSATIONS,
            Tables.CHAT_MESSAGES),
    /** Two migrations have the version 20240105000000, and one of them is recorded. */
    ONE_OF_TWO_RECORDED(4, Tables.ZONED, Tables.STAGE_4, Tables.recorded(4), """
            insert into _sqlx_migrations values (20240105000000, 'unified schema', now(), true, '\\x05'::bytea, 1);
            """);

    /** The pieces; constants of an enum cannot be used before its values. */
    private static final class Tables {
        static final String ZONED = "timestamptz/now()";
        static final String ZONELESS = "timestamp/now()";
        static final String SECONDS = "bigint/extract(epoch from now())::bigint";
        static final String MILLISECONDS = "bigint/(extract(epoch from now()) * 1000)::bigint";

        static final String USERS = """
                create table users (id uuid primary key default gen_random_uuid(), email varchar(255) unique not null,
                    password_hash varchar(255) not null, stripe_customer_id varchar(255),
                    subscription_status varchar(50) default 'free', created_at ${time}, updated_at ${time});
                create index idx_users_email on users (email);
                """;
        static final String ROOM = """
                create table messages (id uuid primary key default gen_random_uuid(),
                    user_id uuid references users (id) on delete set null, text text, author varchar(255),
                    timestamp ${when}, version varchar(255), created_at ${time}, is_read boolean default false,
                    is_delivered boolean default false);
                create index idx_messages_timestamp on messages (timestamp);
                """;
        static final String VERSION_HISTORY = """
                create table version_history (version_id varchar(255) primary key, user_id uuid, parents text[],
                    created_at ${time});
                """;
        static final String USAGE = """
                create table usage_tracking (user_id uuid, metric_type varchar(100), count int, period_start date,
                    period_end date, created_at ${time}, updated_at ${time},
                    primary key (user_id, metric_type, period_start));
                """;
        /** Participants and conversations are made after it; the references to them are added there. */
        private static final String PEOPLE = """
                alter table users add column username varchar(255);
                create table friend_requests (id uuid primary key default gen_random_uuid(),
                    from_user_id uuid not null ${user}, to_user_id uuid not null ${user},
                    from_username varchar(255), from_email varchar(255), to_email varchar(255), message text,
                    status varchar(50) default 'pending'
                        check (status in ('pending', 'accepted', 'rejected', 'blocked')),
                    created_at ${time}, responded_at ${when} ${differ_from});
                create index idx_friend_requests_to on friend_requests (to_user_id);
                create table contacts (id uuid primary key default gen_random_uuid(), user_id uuid not null ${user},
                    contact_user_id uuid not null ${user}, username varchar(255), email varchar(255), avatar_url text,
                    last_seen ${when}, is_online boolean default false, created_at ${time}, updated_at ${time}
                    ${differ_contact});
                """;

        static final String FRIENDS = PEOPLE.replace("${user}", "references users (id) on delete cascade")
                .replace("${differ_from}", ", check (from_user_id <> to_user_id)")
                .replace(
                        "${differ_contact}", ", unique (user_id, contact_user_id), check (user_id <> contact_user_id)");
        private static final String PARTICIPANTS = """
                create table conversation_participants (id uuid primary key default gen_random_uuid(),
                    conversation_id uuid not null references conversations (id) on delete cascade,
                    user_id uuid not null references users (id) on delete cascade,
                    joined_at ${time}, unique (conversation_id, user_id));
                create index idx_participants_user on conversation_participants (user_id);
                """;
        static final String BARE =
                "create table conversations (id uuid primary key, created_at ${time}, updated_at ${time});";
        static final String BARE_CONVERSATIONS = BARE + PARTICIPANTS;
        static final String FRIENDS_LOOSE =
                PEOPLE.replace("${user}", "").replace("${differ_from}", "").replace("${differ_contact}", "")
                        + BARE
                        + "create table conversation_participants (id uuid, conversation_id uuid, user_id uuid,"
                        + " joined_at ${when});";
        static final String CONVERSATIONS = """
                create table conversations (id uuid primary key default gen_random_uuid(),
                    created_by uuid not null references users (id) on delete cascade, name varchar(255), description text,
                    is_direct_message boolean default false, created_at ${time}, updated_at ${time});
                """ + PARTICIPANTS;
        static final String CHAT_MESSAGES = """
                create table chat_messages (id uuid primary key default gen_random_uuid(), conversation_id uuid,
                    sender_id uuid not null, content text,
                    message_type varchar(20) default 'text' check (message_type in ('text', 'image', 'file', 'system')),
                    is_read boolean default false, is_delivered boolean default false, crdt_timestamp bigint,
                    braid_version varchar(255), braid_parents text[], created_at ${time}, updated_at ${time});
                create index idx_chat_messages_conversation on chat_messages (conversation_id, created_at);
                """;
        static final String STAGE_4 =
                """
                create extension if not exists "uuid-ossp";
                create extension if not exists pgcrypto;
                """ + USERS + ROOM + VERSION_HISTORY + USAGE + FRIENDS + CONVERSATIONS + CHAT_MESSAGES + """
                alter table chat_messages alter column conversation_id set not null,
                    add foreign key (conversation_id) references conversations (id) on delete cascade,
                    add foreign key (sender_id) references users (id) on delete cascade;
                alter table contacts alter column id set default uuid_generate_v4();
                create function update_updated_at_column() returns trigger language plpgsql as
                    'begin new.updated_at = now(); return new; end';
                do $$ declare t text; begin
                    foreach t in array array['users', 'usage_tracking', 'contacts', 'conversations', 'chat_messages'] loop
                        execute format('create trigger update_%s_updated_at before update on %I'
                            ' for each row execute function update_updated_at_column()', t, t);
                    end loop;
                end $$;
                """;

        /** The first so many of the old migrations are recorded. */
        static String recorded(int migrations) {
            return """
                    create table _sqlx_migrations (version bigint primary key, description text not null,
                        installed_on timestamptz not null default now(), success boolean not null,
                        checksum bytea not null, execution_time bigint not null);
                    insert into _sqlx_migrations
                    select version, description, now(), true, sha256(description::bytea), 1 from (values
                        (1, 20240101000000, 'initial schema'), (2, 20240102000000, 'add friend columns'),
                        (3, 20240103000000, 'add friend columns'), (4, 20240104000000, 'braid sync messages'),
                        (5, 20240105000000, 'comprehensive schema')) as old (number, version, description)
                    where number <= %d;
                    """.formatted(migrations);
        }
    }

    private final int stage;
    private final ChronoUnit unit;
    private final String sql;

    LegacySchema(int stage, String time, String... sql) {
        String[] typeAndDefault = time.split("/", 2);
        this.stage = stage;
        this.unit = time.equals(Tables.SECONDS)
                ? ChronoUnit.SECONDS
                : time.equals(Tables.MILLISECONDS) ? ChronoUnit.MILLIS : ChronoUnit.MICROS;
        this.sql = String.join("\n", List.of(sql))
                .replace("${time}", typeAndDefault[0] + " not null default " + typeAndDefault[1])
                .replace("${when}", typeAndDefault[0]);
    }

    /** The last of the old server's migrations that its tables show. */
    public int stage() {
        return stage;
    }

    /** How exactly its times are kept, and what a number among them counts. */
    public ChronoUnit unit() {
        return unit;
    }

    /** Creates it in an empty schema. */
    public String sql() {
        return sql;
    }
}
