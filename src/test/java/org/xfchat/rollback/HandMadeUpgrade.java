package org.xfchat.rollback;

import com.password4j.BcryptFunction;
import com.password4j.Password;
import com.password4j.types.Bcrypt;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;
import org.xfchat.database.Sql;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.ShippedSchema;
import org.xfchat.testing.TestServer;

/**
 * A small old database, what an upgrade makes of it, and what people then wrote, all by hand: what comes after the conversion
 * is tested without it.
 */
final class HandMadeUpgrade {
    static final UUID ANN = id(1);
    static final UUID BOB = id(2);
    /** Closes the account after the upgrade. */
    static final UUID CYD = id(3);
    /** Made by the upgrade, for an author without account. */
    static final UUID PLACEHOLDER = id(4);
    /** These signed up after it. */
    static final UUID DAN = id(5);

    static final UUID EVE = id(6);
    /** And closed the account again. */
    static final UUID FAY = id(7);
    /** With Cyd's address and name. */
    static final UUID GUS = id(8);

    static final UUID OLD_PAIR = id(11);
    static final UUID NEW_PAIR = id(12);
    static final UUID GROUP = id(13);
    static final UUID OLD_MESSAGE = id(21);
    static final UUID OLD_ROOM_MESSAGE = id(22);
    static final UUID RENUMBERED = id(23);
    static final UUID TEXT = id(24);
    static final UUID IMAGE = id(25);
    static final UUID EDIT = id(26);
    static final UUID ROOM_MESSAGE = id(27);
    static final UUID ANSWERED = id(31);
    static final UUID DUPLICATE = id(32);
    static final UUID CLOSED = id(33);
    static final UUID ASKED = id(34);

    static final String DANS_PASSWORD = "dan's own password";
    static final String OLD_HASH = "$2b$04$abcdefghijklmnopqrstuuZT4b7Zpzq7Ue7jmGXeIYDF4O7rKzpzy";
    private static final String DANS_HASH = Password.hash(DANS_PASSWORD)
            .with(BcryptFunction.getInstance(Bcrypt.B, 4))
            .getResult();

    private final Connection connection;
    private final Sql sql;

    HandMadeUpgrade(Connection connection) {
        this.connection = connection;
        this.sql = new Sql(connection);
    }

    static UUID id(int number) {
        return new UUID(0x1234_5678_0000_4000L, 0x8000_0000_0000_0000L + number);
    }

    /** The old database. */
    void old(LegacySchema schema) throws SQLException {
        sql.run(schema.sql());
        new OldRows(sql, "1704067200000").write();
    }

    boolean had(String table) throws SQLException {
        return sql.ask("select to_regclass('legacy." + table + "')") != null;
    }

    /** What {@code migrate} leaves. */
    void upgrade() throws SQLException {
        sql.run("create schema legacy");
        for (String table : sql.list(
                "select relname from pg_class where relnamespace = 'public'::regnamespace" + " and relkind = 'r'")) {
            sql.run("alter table public." + table + " set schema legacy");
        }
        if (sql.ask("select to_regproc('public.update_updated_at_column')") != null) {
            sql.run("alter function public.update_updated_at_column() set schema legacy");
        }
        String[] user = URI.create(TestServer.url()).getUserInfo().split(":", 2);
        Flyway.configure()
                .configuration(ShippedSchema.SETTINGS)
                .dataSource(connection.getMetaData().getURL(), user[0], user[1])
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
        sql.run(
                "create table if not exists upgrades (upgraded_at timestamptz not null default now(), found text not null,"
                        + " seconds numeric not null, report jsonb not null, constraint upgrades_pkey primary key (upgraded_at))");
        sql.run("insert into upgrades (upgraded_at, found, seconds, report) values (now(), 'by hand', 1, '{}')");
        sql.run("create table legacy.upgrade_actions"
                + " (source text, row_id text, action text, reason text, detail jsonb)");
        copy();
        sql.run("create function legacy.upgrade_refuse_write() returns trigger language plpgsql as"
                + " 'begin raise exception ''read-only''; end'");
        for (String table : sql.list("select relname from pg_class where relnamespace = 'legacy'::regnamespace"
                + " and relkind = 'r' and relname <> 'upgrade_actions'")) {
            sql.run("create trigger upgrade_read_only before insert or update or delete or truncate on legacy." + table
                    + " for each statement execute function legacy.upgrade_refuse_write()");
        }
    }

    private void copy() throws SQLException {
        if (!had("users")) {
            return;
        }
        sql.run(
                "insert into users (id, username, email, password_hash) select id, split_part(email, '@', 1) || case"
                        + " when exists (select from legacy.users b where b.id < a.id and split_part(b.email, '@', 1)"
                        + " = split_part(a.email, '@', 1)) then '_' || id else '' end, email, password_hash from legacy.users a");
        sql.run("insert into users (id, deleted_at) values ('" + PLACEHOLDER + "', now())");
        action("users", PLACEHOLDER, "placeholder", "{}");
        if (had("conversations")) {
            sql.run("insert into conversations (id, kind, pair_low, pair_high) values ('" + OLD_PAIR + "', 'direct', '"
                    + ANN + "', '" + BOB + "')");
            sql.run("insert into conversation_participants (conversation_id, user_id, read_seq) values ('" + OLD_PAIR
                    + "', '" + ANN + "', 1), ('" + OLD_PAIR + "', '" + BOB + "', 1)");
        }
        if (had("chat_messages")) {
            message(OLD_MESSAGE, OLD_PAIR, 1, ANN, "text", "old", "{}");
        }
        if (had("messages")) {
            roomMessage(OLD_ROOM_MESSAGE, 1, PLACEHOLDER, "Somebody");
            boolean taken = had("chat_messages");
            roomMessage(taken ? RENUMBERED : OLD_MESSAGE, 2, ANN, "ann");
            if (taken) {
                action("messages", OLD_MESSAGE, "renumbered", "{\"to\": \"" + RENUMBERED + "\"}");
            }
        }
        if (had("contacts")) {
            sql.run("insert into contacts (id, user_id, contact_user_id) values ('" + id(41) + "', '" + ANN + "', '"
                    + BOB + "'), (gen_random_uuid(), '" + BOB + "', '" + ANN + "')");
        }
        if (had("friend_requests")) {
            sql.run(
                    "insert into friend_requests (id, from_user_id, to_user_id, status, responded_at) select id, from_user_id,"
                            + " to_user_id, case when id = '" + DUPLICATE + "' then 'rejected' else status end,"
                            + " case when id = '" + DUPLICATE + "' then now() end from legacy.friend_requests"
                            + " where status = 'pending' and id in ('" + ANSWERED + "', '" + DUPLICATE + "', '" + CLOSED
                            + "')");
            action("friend_requests", DUPLICATE, "rejected", "{}");
        }
    }

    private void action(String source, UUID row, String action, String detail) throws SQLException {
        sql.run("insert into legacy.upgrade_actions (source, row_id, action, detail) values ('" + source + "', '" + row
                + "', '" + action + "', '" + detail + "')");
    }

    private void message(
            UUID id, UUID conversation, int seq, UUID sender, String type, String content, String attributes)
            throws SQLException {
        sql.run(
                "insert into chat_messages (id, conversation_id, seq, sender_id, type, content, attributes, created_at) values ('"
                        + id + "', '" + conversation + "', " + seq + ", '" + sender + "', '" + type + "', '" + content
                        + "', '"
                        + attributes + "', now())");
    }

    private void roomMessage(UUID id, int seq, UUID sender, String author) throws SQLException {
        UUID room = UUID.fromString(String.valueOf(sql.ask("select id from conversations where kind = 'room'")));
        message(id, room, seq, sender, "text", "in the room", "{\"author\": \"" + author + "\"}");
    }

    /** What the service does after the upgrade. */
    void since() throws SQLException {
        account(DAN, "dan", "dan@example.org", DANS_HASH);
        account(EVE, "eve", "eve@example.org", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA");
        sql.run("update users set username = null, email = null, password_hash = null, deleted_at = now() where id = '"
                + CYD + "'");
        sql.run("insert into users (id, deleted_at) values ('" + FAY + "', now())");
        account(GUS, "CYD", "cyd@example.org", DANS_HASH);
        sql.run("insert into conversations (id, kind, pair_low, pair_high, created_by) values ('" + NEW_PAIR
                + "', 'direct', '" + ANN + "', '" + DAN + "', '" + ANN + "')");
        sql.run("insert into conversations (id, kind, name, created_by) values ('" + GROUP + "', 'group', 'Plans', '"
                + DAN + "')");
        sql.run("insert into conversation_participants (conversation_id, user_id, read_seq) values ('" + NEW_PAIR
                + "', '" + ANN
                + "', 1), ('" + NEW_PAIR + "', '" + DAN + "', 0), ('" + GROUP + "', '" + ANN + "', 0), ('" + GROUP
                + "', '"
                + DAN + "', 1), ('" + GROUP + "', '" + FAY + "', 0)");
        sql.run("insert into contacts (id, user_id, contact_user_id) values (gen_random_uuid(), '" + ANN + "', '" + DAN
                + "'), (gen_random_uuid(), '" + DAN + "', '" + ANN + "')");
        sql.run("update friend_requests set status = case id when '" + ANSWERED
                + "' then 'accepted' else 'rejected' end, responded_at = now() where status = 'pending'");
        sql.run("insert into friend_requests (id, from_user_id, to_user_id, message) values ('" + ASKED + "', '" + DAN
                + "', '" + BOB + "', 'Hi')");
        if (had("conversations")) {
            message(TEXT, OLD_PAIR, 2, BOB, "text", "new", "{}");
            sql.run("update chat_messages set version = 'bob-2' where id = '" + TEXT + "'");
        }
        message(IMAGE, NEW_PAIR, 1, DAN, "image", "seen", "{\"width\": 1}");
        message(EDIT, GROUP, 1, FAY, "edit", "edited", "{}");
        roomMessage(ROOM_MESSAGE, 3, DAN, "dan");
        sql.run("insert into usage_tracking values ('" + DAN + "', 'messages_sent', '2024-01-01', '2024-02-01', 3)");
    }

    private void account(UUID id, String name, String email, String hash) throws SQLException {
        sql.run("insert into users (id, username, email, password_hash) values ('" + id + "', '" + name + "', '" + email
                + "', '" + hash + "')");
    }

    /** Rolls it back for good; nothing is changed by a failure. */
    Rollback.Outcome rollBack(Consumer<String> say) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Rollback.Outcome outcome = new Rollback(connection, "public", say, Duration.ofMillis(300)).run();
            connection.commit();
            return outcome;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
