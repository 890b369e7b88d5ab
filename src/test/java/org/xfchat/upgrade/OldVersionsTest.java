package org.xfchat.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.braid.VersionHeader;
import org.xfchat.testing.LegacySchema;

/** A version that an upgrade takes over is one that the service accepts as a parent (contract 4). */
class OldVersionsTest {
    @Test
    void areTakenOverWhereTheServiceUnderstandsThem() throws SQLException {
        List<String> good =
                new ArrayList<>(List.of("plain", "mit ü", "🎉".repeat(100), "x".repeat(200), "a\u00a0b", "\u00ad"));
        List<String> bad =
                new ArrayList<>(List.of("🎉".repeat(101), "x".repeat(199) + "🎉", "x".repeat(201), "initial"));
        for (char control = 1; control < 0xa0; control++) {
            if (Character.isISOControl(control)) {
                bad.add("in" + control + "side");
                bad.add(control + "before");
                bad.add("after" + control);
            }
        }
        try (OldDatabase database = OldDatabase.of(LegacySchema.STAGE_4)) {
            String conversation =
                    database.ask("select id from conversations limit 1").get(0);
            String sender = database.ask("select id from users limit 1").get(0);
            List<String> all = new ArrayList<>(good);
            all.addAll(bad);
            for (String version : all) {
                database.ask(
                        "insert into chat_messages (id, conversation_id, sender_id, content, braid_version) values"
                                + " (?, ?::uuid, ?::uuid, 'odd', ?) returning id",
                        UUID.randomUUID(),
                        conversation,
                        sender,
                        version);
            }
            database.convert();
            assertThat(database.violated()).isEmpty();
            assertThat(database.ask("select version from chat_messages where content = 'odd' and version is not null"))
                    .containsExactlyInAnyOrderElementsOf(good);
            assertThat(database.ask("select version from chat_messages where version is not null"))
                    .allSatisfy(version -> assertThat(VersionHeader.parse(List.of(VersionHeader.format(version))))
                            .containsExactly(version));
        }
    }
}
