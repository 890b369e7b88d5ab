package org.xfchat.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.legacy.OldServer;
import org.xfchat.upgrade.OldDatabase;

/**
 * Upgrade, write, roll back, write at the old server, upgrade again, and so on: whatever one of the two servers acknowledged is
 * there after every upgrade, in the order, with the version and as the picture that it was.
 */
class AcknowledgedTest {
    private static final int ROUNDS = 2;

    /** @param version null where nobody promised one */
    private record Sent(UUID id, String content, @Nullable String version, String type, String attributes) {}

    /** One database, and what was said in it. */
    private static final class Story {
        private final OldDatabase database;
        private final Random random;
        private final Map<UUID, Sent> sent = new HashMap<>();
        private final Map<UUID, List<UUID>> logs = new HashMap<>();
        private final Map<UUID, String> addresses = new HashMap<>();
        private int number;

        Story(OldDatabase database, long seed) {
            this.database = database;
            this.random = new Random(seed);
        }

        private <T> T any(List<T> some) {
            return some.get(random.nextInt(some.size()));
        }

        private boolean sometimes() {
            return random.nextInt(3) == 0;
        }

        /** Rows were deleted while the old server ran, which counted on, and each version is there once. */
        void distortTheRoom() throws SQLException {
            if (database.ask("select to_regclass('messages')").contains("messages") && random.nextBoolean()) {
                database.execute(
                        "update messages set version = 'v' || n from (select ctid as place, 3 * row_number() over () as n"
                                + " from messages) as numbered where place = messages.ctid",
                        "create unique index one_version on messages (version)");
            }
        }

        void upgrade() throws SQLException {
            database.convert();
            assertThat(database.violatedInvariants()).isEmpty();
            if (sent.isEmpty()) {
                for (String row : database.ask("select id, md5(content) from chat_messages")) {
                    UUID id = UUID.fromString(row.split("\\|", -1)[0]);
                    sent.put(id, new Sent(id, row.split("\\|", -1)[1], null, "", ""));
                }
            }
            Map<UUID, String> now = new HashMap<>();
            for (String row : database.ask("select id, md5(content) from chat_messages")) {
                now.put(UUID.fromString(row.split("\\|", -1)[0]), row.split("\\|", -1)[1]);
            }
            sent.forEach(
                    (id, message) -> assertThat(now.get(id)).as("%s", message).isEqualTo(message.content()));
            assertThat(now.keySet()).isEqualTo(sent.keySet());
            for (Sent message : sent.values()) {
                if (!message.type().isEmpty()) {
                    assertThat(database.ask(
                                    "select coalesce(version, ''), type, attributes = ?::jsonb from chat_messages where id = ?",
                                    message.attributes(),
                                    message.id()))
                            .containsExactly(
                                    Objects.requireNonNullElse(message.version(), "") + "|" + message.type() + "|t");
                }
            }
            for (List<UUID> log : logs.values()) {
                assertThat(database.ask(
                                "select m.id from chat_messages m where id = any (?) order by conversation_id, seq",
                                (Object) log.toArray(UUID[]::new)))
                        .containsExactlyElementsOf(
                                log.stream().map(UUID::toString).toList());
            }
            for (Map.Entry<UUID, String> account : addresses.entrySet()) {
                assertThat(database.ask("select email from users where id = ?", account.getKey()))
                        .containsExactly(account.getValue());
            }
        }

        private UUID open() throws SQLException {
            UUID id = UUID.randomUUID();
            String name = "new_" + ++number;
            database.ask(
                    "insert into users (id, username, email, password_hash) values (?, ?, ?, '$2b$12$" + "x".repeat(53)
                            + "') returning id",
                    id,
                    name,
                    name + "@new.test");
            addresses.put(id, name + "@new.test");
            return id;
        }

        private UUID together(String kind, List<UUID> people) throws SQLException {
            UUID id = UUID.randomUUID();
            boolean direct = kind.equals("direct");
            UUID[] pair = people.toArray(UUID[]::new);
            database.ask(
                    "insert into conversations (id, kind, pair_low, pair_high, created_by) values (?, ?,"
                            + " case when ? then least(?, ?) end, case when ? then greatest(?, ?) end, ?) returning id",
                    id,
                    kind,
                    direct,
                    pair[0],
                    pair[1],
                    direct,
                    pair[0],
                    pair[1],
                    pair[0]);
            for (UUID each : people) {
                database.ask(
                        "insert into conversation_participants (conversation_id, user_id) values (?, ?) returning user_id",
                        id,
                        each);
            }
            return id;
        }

        private void say(UUID conversation, UUID sender, boolean room) throws SQLException {
            String content = "number " + ++number;
            String version = room || !sometimes() ? null : any(List.of("plain ", "a,", "\"quoted\" ", "🎉 ")) + number;
            String type = room || !sometimes() ? "text" : any(List.of("image", "file", "edit"));
            String attributes =
                    room ? "{\"author\": \"somebody\"}" : type.equals("text") ? "{}" : "{\"width\": " + number + "}";
            UUID id = UUID.randomUUID();
            String digest = database.ask(
                            // In one batch all have one time.
                            "insert into chat_messages (id, conversation_id, seq, sender_id, version, type, content, attributes,"
                                    + " created_at) select ?, ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?::jsonb,"
                                    + " greatest(date_trunc('second', now()), max(created_at)) from chat_messages"
                                    + " where conversation_id = ? returning md5(content)",
                            id,
                            conversation,
                            sender,
                            version,
                            type,
                            content,
                            attributes,
                            conversation)
                    .get(0);
            sent.put(id, new Sent(id, digest, version, type, attributes));
            logs.computeIfAbsent(conversation, log -> new ArrayList<>()).add(id);
        }

        void writeAtTheNewServer() throws SQLException {
            UUID old = UUID.fromString(any(database.ask("select id from users where deleted_at is null")));
            List<UUID> people = List.of(old, open(), open(), open());
            List<UUID> conversations = new ArrayList<>();
            conversations.add(together("direct", people.subList(0, 2)));
            conversations.add(together("direct", people.subList(2, 4)));
            conversations.add(together("group", people.subList(0, 3)));
            conversations.add(together("group", people.subList(1, 3)));
            conversations.addAll(
                    database.ask("select id from conversations where kind = 'direct' order by id limit 3").stream()
                            .map(UUID::fromString)
                            .toList());
            UUID room = UUID.fromString(database.ask("select id from conversations where kind = 'room'")
                    .get(0));
            for (int i = 0; i < 30; i++) {
                UUID conversation = sometimes() ? room : any(conversations);
                say(conversation, any(people), conversation.equals(room));
            }
            if (sometimes()) {
                UUID closed = people.get(3);
                database.execute(
                        "update users set username = null, email = null, password_hash = null, deleted_at = now()"
                                + " where id = '" + closed + "'");
                addresses.remove(closed);
            }
        }

        void rollBack() throws SQLException {
            database.transaction(true, () -> new Rollback(database.connection(), "public", line -> {}).run());
        }

        void writeAtTheOldServer(OldServer old) throws SQLException {
            UUID newcomer = old.signUp("late_" + ++number, "late_" + number + "@old.test", "a password");
            addresses.put(newcomer, "late_" + number + "@old.test");
            for (UUID each : List.copyOf(addresses.keySet())) {
                List<UUID> conversations = old.hasChat() && old.hasParticipants() ? old.conversations(each) : List.of();
                if (!conversations.isEmpty()) {
                    String content = "at the old one " + ++number;
                    note(old.send(any(conversations), each, content), content);
                }
            }
            if (old.hasRoom()) {
                for (int i = 0; i < 3; i++) {
                    String text = "in the old room " + ++number;
                    UUID id = UUID.randomUUID();
                    database.ask(
                            "insert into messages (id, author, text, version) values (?, 'somebody', ?, ?) returning id",
                            id,
                            text,
                            "v" + 10_000 * number);
                    note(id, text);
                }
            }
            if (old.hasChat() && sometimes()) {
                // It takes any version for its own.
                database.execute("update chat_messages set braid_version = (select braid_version from chat_messages"
                        + " where braid_version like 'plain %' limit 1) where content like 'at the old one %'");
            }
        }

        private void note(UUID id, String content) throws SQLException {
            sent.put(id, new Sent(id, database.ask("select md5(?)", content).get(0), null, "", ""));
        }
    }

    /** The seeds that are not fixed say what they were, when one of them fails. */
    @ParameterizedTest
    @CsvSource({
        "1, STAGE_1",
        "2, STAGE_4",
        "3, EPOCH_TIMESTAMPS",
        "4, WITHOUT_KEYS",
        "5, REPAIRED",
        "6, RESET",
        "0, STAGE_3",
        "0, ORIGINAL_PLAN"
    })
    void isThereAfterEveryUpgrade(long fixed, LegacySchema schema) throws SQLException {
        long seed = fixed == 0 ? new Random().nextLong() : fixed;
        try (OldDatabase database = OldDatabase.of(schema)) {
            Story story = new Story(database, seed);
            story.distortTheRoom();
            story.upgrade();
            for (int round = 0; round < ROUNDS; round++) {
                story.writeAtTheNewServer();
                story.rollBack();
                story.writeAtTheOldServer(OldServer.on(database.connection(), schema));
                story.upgrade();
            }
        } catch (AssertionError | SQLException | RuntimeException failed) {
            throw new AssertionError("with the seed " + seed, failed);
        }
    }
}
