package org.xfchat.testing.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.legacy.LegacyPeople.account;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.Snapshot;
import org.xfchat.testing.TestServer;

/** The fixtures are what they say: databases with which the old server works, and with everything that is known to be odd. */
class LegacyWorldTest {
    private static LegacyRows make(LegacySchema schema) throws SQLException {
        try (Connection connection = TestServer.connect(TestServer.newDatabase())) {
            return LegacyWorld.make(connection, schema);
        }
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theOldServerWorksWithIt(LegacySchema schema) throws SQLException {
        try (Connection connection = TestServer.connect(TestServer.newDatabase())) {
            LegacyRows rows = LegacyWorld.make(connection, schema);
            OldServer old = OldServer.on(connection, schema);
            for (LegacyRows.Account account : rows.accounts()) {
                assertThat(old.logIn(account.email(), LegacyRows.PASSWORD).isPresent())
                        .as(account.email())
                        .isEqualTo(account.password() && (account.email().contains("@") || !old.hasUsernames()));
            }
            assertThat(old.logIn("alice@example.test", "another")).isEmpty();
            if (old.hasParticipants()) {
                assertThat(old.conversations(account("alice"))).contains(LegacyTalk.conversation("three"));
            }
            if (old.hasContacts()) {
                assertThat(old.contacts(account("bob"))).contains(account("carol"));
            }
            if (old.hasChat()) {
                assertThat(old.last(LegacyTalk.conversation("contents"))).hasSize(9);
            }
            if (old.hasRoom()) {
                old.post("alice", "now");
                assertThat(old.room()).extracting(OldServer.Posted::text).contains("by nobody known", "now");
            }
            assertThat(old.signUp("newcomer", "newcomer@example.test", "new password"))
                    .isEqualTo(
                            old.logIn("newcomer@example.test", "new password").orElseThrow());
        }
    }

    @Test
    void everyAnomalyIsSomewhere() throws SQLException {
        Expected loose = new Expected(make(LegacySchema.WITHOUT_KEYS));
        assertThat(loose.quarantinedMessages())
                .contains("to whom?", "where?", "its repetition", "without an id", "my id is the conversation's");
        assertThat(loose.quarantinedRoomMessages()).contains("its repetition", "without an id");
        assertThat(loose.gone()).contains(account("gone sender"), account("gone friend"), account("gone writer"));
        assertThat(loose.room()).anyMatch(entry -> entry.id() == null);
        Expected stage3 = new Expected(make(LegacySchema.STAGE_3));
        assertThat(stage3.gone()).containsExactly(account("gone sender"));
        assertThat(stage3.unknownAuthors())
                .contains("BOB", "ghost 👻", "unknown", "sam")
                .doesNotContain("bob", "kim");
        assertThat(stage3.destinations())
                .containsEntry(
                        LegacyTalk.conversation("alice and bob, second"),
                        LegacyTalk.conversation("alice and bob, first"));
        assertThat(stage3.people().keepTheirName())
                .contains(account("kim of 20"), account("kim_2"), account("sam"))
                .doesNotContain(account("kim of 30"), account("KIM of 40"), account("dave"));
        assertThat(stage3.people().requests().values()).contains("pending", "accepted", "rejected", "blocked");
        assertThat(stage3.newPairs()).isNotEmpty();
        Expected.Log versions = stage3.logs().stream()
                .filter(log -> log.id().equals(LegacyTalk.conversation("versions")))
                .findFirst()
                .orElseThrow();
        assertThat(versions.entries())
                .extracting(Expected.Entry::version)
                .contains("unique-1", "unique_2.x:y/z", "v".repeat(200))
                .doesNotContain("initial", "twice", "first, second", "v".repeat(201));
        assertThat(new Expected(make(LegacySchema.ORIGINAL_PLAN)).quarantinedMessages())
                .containsExactly("my id is the conversation's", "to whom?");
    }

    @Test
    void aLargeOneHasAsManyMessagesAsAsked() throws SQLException {
        try (Connection connection = TestServer.connect(TestServer.newDatabase())) {
            LegacyWorld.large(connection, 10_000);
            Map<String, String> tables = Snapshot.tables(connection, "public");
            assertThat(List.of("chat_messages", "messages", "users", "conversations"))
                    .extracting(table -> tables.getOrDefault(table, "").replaceFirst(" .*", ""))
                    .containsExactly("10000", "1000", "2000", "5000");
        }
    }
}
