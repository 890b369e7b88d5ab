package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.BcryptFunction;
import com.password4j.Password;
import com.password4j.types.Bcrypt;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.Snapshot;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.LegacyRows;
import org.xfchat.testing.legacy.LegacyRows.Account;
import org.xfchat.testing.legacy.OldServer;
import org.xfchat.upgrade.OldDatabase;

/** There and back again, from every old database with everything odd that its schema lets in. */
class RoundTripTest {
    private static final String PASSWORD = "a new password";
    private static final UUID NEWCOMER = UUID.randomUUID();
    private static final UUID FRIENDS = UUID.randomUUID();

    private static void rollBack(OldDatabase database) throws SQLException {
        database.transaction(true, () -> new Rollback(database.connection(), "public", line -> {}).run());
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void leavesNothingOfTheUpgradeButWhatItCompleted(LegacySchema schema) throws SQLException {
        try (OldDatabase database = OldDatabase.of(schema)) {
            Map<String, String> before = Snapshot.of(database.connection());
            database.convert();
            rollBack(database);
            Map<String, String> after = Snapshot.of(database.connection());
            after.keySet().removeIf(object -> object.matches("\\w+ rolled_back(\\..*)?"));
            // What the upgrade completed stays.
            Set<String> completed =
                    Set.of("public.contacts", "public.conversations", "public.conversation_participants");
            assertThat(Snapshot.differences(before, after))
                    .allSatisfy(object -> assertThat(completed).anyMatch(table -> object.startsWith("rows " + table)));
        }
    }

    /** What was written since is there, nothing old differs, the old server goes on, and can be left again. */
    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void takesAlongWhatWasWritten(LegacySchema schema) throws SQLException {
        try (OldDatabase database = OldDatabase.of(schema)) {
            Map<String, List<String>> before = rows(database);
            database.convert();
            UUID alice = UUID.fromString(database.ask("select id from users where email = 'alice@example.test'")
                    .get(0));
            write(database, alice);
            rollBack(database);

            rows(database)
                    .forEach((table, rows) ->
                            assertThat(rows).as(table).containsAll(before.getOrDefault(table, List.of())));
            OldServer old = OldServer.on(database.connection(), schema);
            everybodyLogsIn(old, database.expected());
            whatIsNewIsThere(old, alice);
            boolean canTalk = old.hasChat() && old.hasParticipants();
            if (canTalk) {
                old.send(FRIENDS, NEWCOMER, "at the old one again");
            }

            database.convert();
            assertThat(database.violatedInvariants()).isEmpty();
            assertThat(database.ask("select username, deleted_at from users where id = ?", NEWCOMER))
                    .containsExactly("newcomer|null");
            if (canTalk) {
                assertThat(database.ask(
                                "select content from chat_messages where conversation_id = ? order by seq", FRIENDS))
                        .containsExactly("hello 🎉", "hello yourself", "at the old one again");
            }
            for (Expected.Log log : database.expected().logs()) {
                assertThat(database.ask(
                                "select id from chat_messages where conversation_id = ? order by seq", log.id()))
                        .containsExactlyElementsOf(log.entries().stream()
                                .map(entry -> entry.id().toString())
                                .toList());
            }
            rollBack(database);
            everybodyLogsIn(OldServer.on(database.connection(), schema), database.expected());
            assertThat(database.ask("select nspname from pg_namespace where nspname ~ 'rolled|legacy' order by 1"))
                    .containsExactly("rolled_back", "rolled_back_2");
        }
    }

    private static Map<String, List<String>> rows(OldDatabase database) throws SQLException {
        Map<String, List<String>> rows = new HashMap<>();
        for (String table : database.ask("select quote_ident(tablename) from pg_tables where schemaname = 'public'")) {
            rows.put(table, new ArrayList<>(database.ask("select md5(t::text) from " + table + " t")));
        }
        return rows;
    }

    /** As the new server writes: a newcomer befriends alice and talks to her and in the room. */
    private static void write(OldDatabase database, UUID alice) throws SQLException {
        String hash = Password.hash(PASSWORD)
                .with(BcryptFunction.getInstance(Bcrypt.B, 4))
                .getResult();
        database.ask(
                "insert into users (id, username, email, password_hash) values (?, 'newcomer', 'newcomer@new.test', ?)"
                        + " returning id",
                NEWCOMER,
                hash);
        database.ask(
                "insert into contacts (id, user_id, contact_user_id) values (gen_random_uuid(), ?, ?),"
                        + " (gen_random_uuid(), ?, ?) returning id",
                NEWCOMER,
                alice,
                alice,
                NEWCOMER);
        database.ask(
                "insert into conversations (id, kind, pair_low, pair_high, created_by)"
                        + " values (?, 'direct', least(?, ?), greatest(?, ?), ?) returning id",
                FRIENDS,
                NEWCOMER,
                alice,
                NEWCOMER,
                alice,
                NEWCOMER);
        database.ask(
                "insert into conversation_participants (conversation_id, user_id) values (?, ?), (?, ?) returning user_id",
                FRIENDS,
                NEWCOMER,
                FRIENDS,
                alice);
        database.ask(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at) values"
                        + " (gen_random_uuid(), ?, 1, ?, 'hello 🎉', now() - interval '2 seconds'),"
                        + " (gen_random_uuid(), ?, 2, ?, 'hello yourself', now() - interval '1 second') returning id",
                FRIENDS,
                NEWCOMER,
                FRIENDS,
                alice);
        database.ask(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, attributes, created_at)"
                        + " select gen_random_uuid(), c.id, 1000, ?, 'is anybody here?', '{\"author\": \"newcomer\"}', now()"
                        + " from conversations c where kind = 'room' returning id",
                NEWCOMER);
    }

    private static void everybodyLogsIn(OldServer old, Expected expected) throws SQLException {
        for (Account account : expected.rows().accounts()) {
            if (account.password() && account.email().contains("@")) {
                assertThat(old.logIn(account.email(), LegacyRows.PASSWORD))
                        .as(account.email())
                        .contains(account.id());
            }
        }
        assertThat(old.logIn("newcomer@new.test", PASSWORD)).contains(NEWCOMER);
        assertThat(old.logIn("newcomer@new.test", "another")).isEmpty();
        if (old.hasUsernames()) {
            assertThat(old.logIn("newcomer", PASSWORD)).contains(NEWCOMER);
        }
    }

    private static void whatIsNewIsThere(OldServer old, UUID alice) throws SQLException {
        if (old.hasContacts()) {
            assertThat(old.contacts(alice)).contains(NEWCOMER);
            assertThat(old.contacts(NEWCOMER)).containsExactly(alice);
        }
        if (old.hasParticipants()) {
            assertThat(old.conversations(alice)).contains(FRIENDS);
        }
        if (old.hasChat()) {
            assertThat(old.last(FRIENDS))
                    .extracting(OldServer.Said::content)
                    .containsExactlyInAnyOrder("hello yourself", "hello 🎉");
        }
        if (old.hasRoom()) {
            assertThat(old.room())
                    .filteredOn(posted -> posted.text().equals("is anybody here?"))
                    .extracting(OldServer.Posted::author)
                    .containsExactly("newcomer");
        }
    }
}
