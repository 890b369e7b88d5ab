package org.xfchat.upgrade;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.Expected.Entry;

/** Every conversation and message of every old database comes out as the rules say, the room's too. */
class ConvertedLogsTest {
    private static final String TIME = "to_char(%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    private static String[] columns(String row) {
        return row.split("\\|", -1);
    }

    private static List<UUID> ids(OldDatabase database, String query, Object... arguments) throws SQLException {
        return database.ask(query, arguments).stream().map(UUID::fromString).toList();
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void conversationsHaveTheirKindAndParticipants(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        for (Expected.Log log : database.expected().logs()) {
            assertThat(database.ask("select kind from conversations where id = ?", log.id()))
                    .containsExactly(log.direct() ? "direct" : "group");
            assertThat(ids(
                            database,
                            "select user_id from conversation_participants where conversation_id = ?",
                            log.id()))
                    .containsExactlyInAnyOrderElementsOf(log.participants());
        }
        Map<UUID, UUID> merged = database.expected().destinations();
        merged.entrySet().removeIf(destination -> destination.getKey().equals(destination.getValue()));
        assertThat(database.ask("select row_id, detail ->> 'into' from legacy.upgrade_actions where action = 'merged'"))
                .containsExactlyInAnyOrderElementsOf(merged.entrySet().stream()
                        .map(merge -> merge.getKey() + "|" + merge.getValue())
                        .toList());
        assertThat(ids(
                        database,
                        "select id from conversations where kind <> 'room' and not exists (select from legacy.upgrade_actions"
                                + " where source = 'conversations' and action = 'completed' and row_id = id::text)"))
                .containsExactlyInAnyOrderElementsOf(database.expected().logs().stream()
                        .map(Expected.Log::id)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void everyMessageIsInItsPlaceWithItsTextSenderTimeAndVersion(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        for (Expected.Log log : database.expected().logs()) {
            List<String> found = database.ask(
                    "select seq, id, sender_id, coalesce(version, id::text), md5(content), "
                            + TIME.formatted("created_at")
                            + " from chat_messages where conversation_id = ? order by seq",
                    log.id());
            assertThat(found).as("%s", log.participants()).hasSameSizeAs(log.entries());
            for (int i = 0; i < found.size(); i++) {
                Entry entry = log.entries().get(i);
                String[] columns = columns(found.get(i));
                assertThat(columns[0]).isEqualTo(String.valueOf(i + 1));
                assertThat(Arrays.copyOfRange(columns, 1, 5))
                        .as(entry.content()
                                .substring(0, Math.min(50, entry.content().length())))
                        .containsExactly(
                                entry.id().toString(),
                                entry.sender().toString(),
                                entry.version(),
                                md5(entry.content()));
                if (entry.created() != null) {
                    assertThat(Instant.parse(columns[5])).isEqualTo(entry.created());
                }
            }
        }
    }

    private static String md5(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("MD5")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void everythingCountsAsRead(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        assertThat(
                        database.ask(
                                "select p.* from conversation_participants p where read_seq is distinct from"
                                        + " (select coalesce(max(seq), 0) from chat_messages m where m.conversation_id = p.conversation_id)"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theRoomHasEveryMessageUnderItsAuthor(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Map<UUID, String> authors = database
                .ask("select row_id, detail ->> 'author' from legacy.upgrade_actions where action = 'placeholder'")
                .stream()
                .map(ConvertedLogsTest::columns)
                .collect(toMap(row -> UUID.fromString(row[0]), row -> row[1]));
        Set<UUID> old = database.expected().rows().room().stream()
                .flatMap(message -> java.util.stream.Stream.ofNullable(message.id()))
                .collect(toSet());
        List<String> found = database.ask("select m.id, sender_id, attributes ->> 'author', content, "
                + TIME.formatted("m.created_at") + ", coalesce(version, 'none'), seq from chat_messages m"
                + " join conversations c on c.id = conversation_id where kind = 'room' order by seq");
        List<Expected.RoomEntry> expected = database.expected().room();
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            Expected.RoomEntry entry = expected.get(i);
            String[] columns = columns(found.get(i));
            UUID id = UUID.fromString(columns[0]);
            UUID sender = UUID.fromString(columns[1]);
            assertThat(columns[3]).isEqualTo(entry.text());
            assertThat(Instant.parse(columns[4])).as(entry.text()).isEqualTo(entry.created());
            assertThat(columns[5]).isEqualTo("none");
            assertThat(columns[6]).isEqualTo(String.valueOf(i + 1));
            if (entry.author() != null) {
                assertThat(columns[2]).isEqualTo(entry.author());
            } else {
                assertThat(columns[2]).isNotBlank();
            }
            if (entry.id() != null) {
                assertThat(id).as(entry.text()).isEqualTo(entry.id());
            } else {
                assertThat(old).doesNotContain(id);
                assertThat(database.ask(
                                "select detail ->> 'to' from legacy.upgrade_actions where action = 'renumbered'"))
                        .containsExactly(id.toString());
            }
            if (entry.sender() != null) {
                assertThat(sender).as(entry.text()).isEqualTo(entry.sender());
            } else {
                assertThat(authors.get(sender)).as(entry.text()).isEqualTo(entry.author());
            }
        }
    }
}
