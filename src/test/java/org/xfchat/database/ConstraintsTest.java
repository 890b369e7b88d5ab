package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;
import org.xfchat.testing.TestServer;

/** What the schema itself refuses, whatever a program does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConstraintsTest {
    private static final String SEND =
            "insert into chat_messages (id, conversation_id, seq, sender_id, version, content, created_at)"
                    + " values (gen_random_uuid(), ?, ?, ?, ?, 'x', now())";

    private final String url = TestServer.newDatabase();
    private Connection connection;

    @BeforeAll
    void connect() throws SQLException {
        connection = TestServer.connect(url);
        SchemaTest.migrate(connection);
    }

    @AfterAll
    void disconnect() throws SQLException {
        connection.close();
    }

    private int run(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    private void assertRefused(String constraint, String sql, @Nullable Object... parameters) {
        assertThatExceptionOfType(PSQLException.class)
                .isThrownBy(() -> run(sql, parameters))
                .satisfies(refused -> assertThat(refused.getServerErrorMessage())
                        .satisfies(error -> assertThat(error.getConstraint()).isEqualTo(constraint)));
    }

    private static String unique(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    private UUID user() throws SQLException {
        return user(unique("u"), unique("m") + "@x.test", false);
    }

    private UUID user(String username, String email, boolean shared) throws SQLException {
        UUID id = UUID.randomUUID();
        run(
                "insert into users (id, username, email, email_shared, password_hash) values (?, ?, ?, ?, 'x')",
                id,
                username,
                email,
                shared);
        return id;
    }

    private void delete(UUID user) throws SQLException {
        run(
                "update users set username = null, email = null, password_hash = null, deleted_at = now() where id = ?",
                user);
    }

    private UUID group() throws SQLException {
        UUID id = UUID.randomUUID();
        run("insert into conversations (id, kind) values (?, 'group')", id);
        return id;
    }

    @Nested
    class Users {
        private static final String INSERT =
                "insert into users (id, username, email, password_hash) values (gen_random_uuid(), ?, ?, 'x')";

        @Test
        void haveANameOfTheirOwnRegardlessOfCaseUntilDeleted() throws SQLException {
            String name = unique("Name");
            UUID first = user(name, unique("a") + "@x.test", false);
            assertRefused(
                    "users_username_key", INSERT, name.toUpperCase(java.util.Locale.ROOT), unique("b") + "@x.test");
            delete(first);
            assertThat(run(INSERT, name, unique("c") + "@x.test")).isEqualTo(1);
        }

        @Test
        void haveAnAddressOfTheirOwnRegardlessOfCaseUntilDeleted() throws SQLException {
            String email = unique("Mail") + "@X.test";
            UUID first = user(unique("a"), email, false);
            assertRefused("users_email_key", INSERT, unique("b"), email.toLowerCase(java.util.Locale.ROOT));
            delete(first);
            assertThat(run(INSERT, unique("c"), email)).isEqualTo(1);
        }

        @Test
        void mayShareAnAddressWhereMarkedSo() throws SQLException {
            String email = unique("mail") + "@x.test";
            user(unique("a"), email, true);
            user(unique("b"), email.toUpperCase(java.util.Locale.ROOT), true);
            assertThat(run(INSERT, unique("c"), email)).isEqualTo(1);
            assertRefused("users_email_key", INSERT, unique("d"), email);
        }

        @Test
        void areLiveAndCompleteOrTombstones() throws SQLException {
            UUID user = user();
            for (String half : new String[] {
                "username = null",
                "email = null",
                "password_hash = null",
                "deleted_at = now()",
                "deleted_at = now(), username = null, email = null",
                "deleted_at = now(), username = null, password_hash = null",
                "deleted_at = now(), email = null, password_hash = null"
            }) {
                assertRefused("users_live_or_tombstone", "update users set " + half + " where id = ?", user);
            }
            delete(user);
            assertRefused("users_live_or_tombstone", "update users set deleted_at = null where id = ?", user);
        }

        @Test
        void haveNamesAndAddressesThatAreNeitherEmptyNorLong() {
            assertRefused("users_username_length", INSERT, "", unique("a") + "@x.test");
            assertRefused("users_username_length", INSERT, "x".repeat(256), unique("a") + "@x.test");
            assertRefused("users_email_length", INSERT, unique("a"), "");
            assertRefused("users_email_length", INSERT, unique("a"), "x".repeat(256));
        }

        @Test
        void areNotRemovedWhileAnythingRefersToThem() throws SQLException {
            UUID user = user();
            run(SEND, group(), 1, user, null);
            assertRefused("chat_messages_sender_fkey", "delete from users where id = ?", user);
        }
    }

    @Nested
    class Conversations {
        private static final String DIRECT =
                "insert into conversations (id, kind, pair_low, pair_high) values (gen_random_uuid(), 'direct', ?, ?)";

        @Test
        void areDirectOncePerPair() throws SQLException {
            UUID one = user();
            UUID other = user();
            String ordered = DIRECT.replace("?, ?", "least(?::uuid, ?::uuid), greatest(?::uuid, ?::uuid)");
            assertThat(run(ordered, one, other, one, other)).isEqualTo(1);
            assertRefused("conversations_direct_pair_key", ordered, other, one, other, one);
        }

        @Test
        void haveAnOrderedPairExactlyWhereDirect() throws SQLException {
            UUID one = user();
            UUID other = user();
            assertRefused(
                    "conversations_pair_ordered",
                    DIRECT.replace("?, ?", "greatest(?::uuid, ?::uuid), least(?::uuid, ?::uuid)"),
                    one,
                    other,
                    one,
                    other);
            assertRefused("conversations_pair_ordered", DIRECT, one, one);
            assertRefused("conversations_direct_has_pair", DIRECT, one, null);
            assertRefused("conversations_direct_has_pair", DIRECT, null, null);
            assertRefused("conversations_direct_has_pair", DIRECT.replace("'direct'", "'group'"), one, null);
            assertRefused(
                    "conversations_kind_known", "insert into conversations (id, kind) values (gen_random_uuid(), 'x')");
        }

        @Test
        void haveOneRoomAndAnyNumberOfGroups() throws SQLException {
            assertRefused(
                    "conversations_single_room_key",
                    "insert into conversations (id, kind) values (gen_random_uuid(), 'room')");
            assertThat(group()).isNotEqualTo(group());
        }

        @Test
        void haveEachParticipantOnce() throws SQLException {
            String join = "insert into conversation_participants (conversation_id, user_id, read_seq) values (?, ?, ?)";
            UUID conversation = group();
            UUID user = user();
            run(join, conversation, user, 0);
            assertRefused("conversation_participants_pkey", join, conversation, user, 0);
            assertRefused("conversation_participants_read_seq_not_negative", join, conversation, user(), -1);
        }
    }

    @Nested
    class Messages {
        @Test
        void haveAPlaceOfTheirOwnInTheLog() throws SQLException {
            UUID conversation = group();
            UUID sender = user();
            run(SEND, conversation, 1, sender, null);
            assertRefused("chat_messages_conversation_seq_key", SEND, conversation, 1, sender, null);
            assertRefused("chat_messages_seq_positive", SEND, conversation, 0, sender, null);
            assertThat(run(SEND, group(), 1, sender, null)).isEqualTo(1);
        }

        @Test
        void haveAVersionOfTheirOwnInTheConversation() throws SQLException {
            UUID conversation = group();
            UUID sender = user();
            run(SEND, conversation, 1, sender, "v");
            assertRefused("chat_messages_conversation_version_key", SEND, conversation, 2, sender, "v");
            assertThat(run(SEND, group(), 1, sender, "v")).isEqualTo(1);
            assertRefused("chat_messages_version_length", SEND, conversation, 2, sender, "");
            assertRefused("chat_messages_version_length", SEND, conversation, 2, sender, "v".repeat(201));
        }

        @Test
        void storeNoVersionWhereItIsTheId() throws SQLException {
            UUID id = UUID.randomUUID();
            assertRefused(
                    "chat_messages_version_differs_from_id",
                    SEND.replace("gen_random_uuid()", "?"),
                    id,
                    group(),
                    1,
                    user(),
                    id.toString());
        }

        @Test
        void belongToAConversationAndASenderThatStay() throws SQLException {
            UUID conversation = group();
            assertRefused("chat_messages_conversation_fkey", SEND, UUID.randomUUID(), 1, user(), null);
            assertRefused("chat_messages_sender_fkey", SEND, conversation, 1, UUID.randomUUID(), null);
            run(SEND, conversation, 1, user(), null);
            assertRefused("chat_messages_conversation_fkey", "delete from conversations where id = ?", conversation);
        }

        @Test
        void haveAnObjectOfAttributes() throws SQLException {
            run(SEND, group(), 1, user(), "with-attributes");
            assertRefused(
                    "chat_messages_attributes_object",
                    "update chat_messages set attributes = '[]' where version = 'with-attributes'");
        }
    }

    @Nested
    class Friends {
        private static final String ASK =
                "insert into friend_requests (id, from_user_id, to_user_id, status) values (gen_random_uuid(), ?, ?, ?)";
        private static final String BEFRIEND =
                "insert into contacts (id, user_id, contact_user_id) values (gen_random_uuid(), ?, ?)";

        @Test
        void haveOnePendingRequestPerPairInEitherDirection() throws SQLException {
            UUID one = user();
            UUID other = user();
            run(ASK, one, other, "rejected");
            run(ASK, one, other, "pending");
            assertRefused("friend_requests_pending_pair_key", ASK, one, other, "pending");
            assertRefused("friend_requests_pending_pair_key", ASK, other, one, "pending");
            assertThat(run(ASK, other, one, "accepted")).isEqualTo(1);
            assertThat(run(ASK, one, user(), "pending")).isEqualTo(1);
        }

        @Test
        void areTwoAndInAKnownState() throws SQLException {
            UUID one = user();
            assertRefused("friend_requests_two_users", ASK, one, one, "pending");
            assertRefused("friend_requests_status_known", ASK, one, user(), "maybe");
            assertRefused("contacts_two_users", BEFRIEND, one, one);
        }

        @Test
        void areContactsOnceEachWay() throws SQLException {
            UUID one = user();
            UUID other = user();
            run(BEFRIEND, one, other);
            assertThat(run(BEFRIEND, other, one)).isEqualTo(1);
            assertRefused("contacts_pair_key", BEFRIEND, one, other);
        }
    }
}
