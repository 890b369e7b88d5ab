package org.xfchat.packaged;

import java.util.ArrayList;
import java.util.List;

/** The old server's tables at each of its stages, with a row or two. */
final class LegacySchema {
    private static final String USER = "11111111-1111-1111-1111-111111111111";
    private static final String OTHER = "22222222-2222-2222-2222-222222222222";

    private LegacySchema() {}

    /** The statements that make stage 1 to 4. */
    static String[] stage(int stage) {
        List<String> statements = new ArrayList<>(
                List.of(
                        """
                create table users (id uuid primary key, email varchar(255) unique not null,
                    password_hash varchar(255) not null, stripe_customer_id varchar(255), subscription_status varchar(50),
                    created_at timestamptz, updated_at timestamptz)
                """,
                        """
                create table messages (id uuid primary key, user_id uuid references users (id) on delete set null,
                    text text, author varchar(255), timestamp timestamptz, version varchar(255), created_at timestamptz,
                    is_read boolean, is_delivered boolean)
                """,
                        """
                create table version_history (version_id varchar(255) primary key, user_id uuid, parents text[],
                    created_at timestamptz)
                """,
                        """
                create table usage_tracking (user_id uuid, metric_type varchar(100), count int, period_start date,
                    period_end date, created_at timestamptz, updated_at timestamptz,
                    primary key (user_id, metric_type, period_start))
                """,
                        "insert into users (id, email, password_hash) values ('" + USER
                                + "', 'a@example.test', 'x'), ('" + OTHER + "', 'b@example.test', 'x')",
                        "insert into messages (id, user_id, text, author) values (gen_random_uuid(), null, 'hello', 'somebody')"));
        if (stage >= 2) {
            statements.addAll(List.of(
                    "alter table users add username varchar(30)",
                    """
                    create table friend_requests (id uuid primary key, from_user_id uuid, to_user_id uuid,
                        from_username varchar(30), from_email varchar(255), to_email varchar(255), message text,
                        status varchar(50), created_at timestamptz, responded_at timestamptz)
                    """,
                    """
                    create table contacts (id uuid primary key, user_id uuid, contact_user_id uuid, username varchar(30),
                        email varchar(255), avatar_url text, last_seen timestamptz, is_online boolean,
                        created_at timestamptz, updated_at timestamptz)
                    """,
                    "create table conversations (id uuid primary key, created_at timestamptz, updated_at timestamptz)",
                    """
                    create table conversation_participants (id uuid primary key, conversation_id uuid, user_id uuid,
                        joined_at timestamptz, unique (conversation_id, user_id))
                    """));
        }
        if (stage >= 3) {
            statements.add("""
                    create table chat_messages (id uuid primary key, conversation_id uuid, sender_id uuid, content text,
                        message_type varchar(20), is_read boolean, is_delivered boolean, crdt_timestamp bigint,
                        braid_version varchar(255), braid_parents text[], created_at timestamptz, updated_at timestamptz)
                    """);
            statements.add("insert into chat_messages (id, conversation_id, sender_id, content) values"
                    + " (gen_random_uuid(), null, '" + USER + "', 'hi')");
        }
        if (stage >= 4) {
            statements.addAll(List.of(
                    """
                    alter table conversations add created_by uuid, add name varchar(255), add description text,
                        add is_direct_message boolean default false
                    """,
                    """
                    create function update_updated_at_column() returns trigger language plpgsql as
                    'begin new.updated_at = now(); return new; end'
                    """,
                    """
                    create trigger update_users_updated_at before update on users
                        for each row execute function update_updated_at_column()
                    """,
                    """
                    create table _sqlx_migrations (version bigint primary key, description text,
                        installed_on timestamptz, success boolean, checksum bytea, execution_time bigint)
                    """,
                    "insert into _sqlx_migrations values (20240105000000, 'comprehensive_schema', now(), true, '', 1)",
                    "create extension if not exists pgcrypto"));
        }
        return statements.toArray(String[]::new);
    }
}
