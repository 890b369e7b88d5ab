package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Extent;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.Service;
import org.xfchat.testing.WithOwnServer;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.LegacyRows;
import org.xfchat.testing.legacy.OldServer;
import org.xfchat.upgrade.OldDatabase;

/** The people of an old database find everything again at the new service. */
class UpgradeIT extends WithOwnServer {
    private int run(String url, String... command) {
        try (Service service = Service.start(Service.settings(url), command)) {
            return service.awaitExit();
        }
    }

    /** The oldest in each build; stage 3 is what the commands below convert. */
    static List<LegacySchema> schemas() {
        return Extent.of(
                List.of(LegacySchema.STAGE_1),
                List.of(LegacySchema.STAGE_1, LegacySchema.STAGE_4, LegacySchema.REPAIRED, LegacySchema.WITHOUT_KEYS));
    }

    /** The others differ from one of these in the rows only, which are compared one by one elsewhere. */
    @ParameterizedTest
    @MethodSource("schemas")
    void everybodyFindsEverythingAgain(LegacySchema schema) throws SQLException {
        String url = server.url(server.newDatabase());
        try (OldDatabase database = OldDatabase.at(url, schema)) {
            database.convert();
            try (Service service = Service.serve(Service.settings(url)).awaitReady()) {
                check(new UpgradedService(service, database.expected()));
            }
        }
    }

    private static void check(UpgradedService upgraded) {
        upgraded.checkLogIn();
        upgraded.checkMessages();
        upgraded.checkLists();
        upgraded.checkRoom();
    }

    /** Every command as an operator runs it. */
    @Test
    void fromTheOldServerToTheNewOneAndBack() throws SQLException {
        String name = server.newDatabase();
        String url = server.url(name);
        Expected expected;
        try (OldDatabase database = OldDatabase.at(url, LegacySchema.STAGE_3)) {
            expected = database.expected();
        }
        rehearse(name, url);
        try (Service migrate = Service.start(Service.settings(url), "migrate")) {
            assertThat(migrate.awaitExit()).as("%s", migrate.lines()).isZero();
            assertThat(migrate.lines())
                    .contains("this is a database of the old XFChat: stage 3")
                    .anyMatch(line -> line.matches(" *users +\\d+ .*"))
                    .anyMatch(line -> line.startsWith("done: "));
        }
        Map<String, String> upgraded = server.contents(name);
        try (Service again = Service.start(Service.settings(url), "migrate")) {
            assertThat(again.awaitExit()).as("%s", again.lines()).isZero();
            assertThat(again.says("nothing to migrate")).isTrue();
        }
        assertThat(server.contents(name)).isEqualTo(upgraded);
        assertThat(run(url, "check")).isZero();
        UUID conversation;
        try (Service service = Service.serve(Service.settings(url)).awaitReady()) {
            UpgradedService people = new UpgradedService(service, expected);
            check(people);
            conversation = live(service, people);
            service.stop();
        }
        server.execute(name, "update conversation_participants set read_seq = read_seq + 1000000");
        try (Service check = Service.start(Service.settings(url), "check")) {
            assertThat(check.awaitExit()).as("%s", check.lines()).isEqualTo(3);
            assertThat(check.lines())
                    .anyMatch(line ->
                            line.strip().startsWith("VIOLATED") && line.contains("nobody has read what is not there"))
                    .noneMatch(line -> line.contains(" WARN "));
        }
        server.execute(name, "update conversation_participants set read_seq = read_seq - 1000000");
        assertThat(run(url, "rollback")).isZero();
        assertThat(Refusal.ofProcess(Service.settings(url)).line()).contains("the old XFChat (stage 3)");
        try (Connection connection = server.connect(name)) {
            backAtTheOldServer(OldServer.on(connection, LegacySchema.STAGE_3), expected, conversation);
        }
    }

    private static void backAtTheOldServer(OldServer old, Expected expected, UUID conversation) throws SQLException {
        for (LegacyRows.Account account : expected.rows().accounts()) {
            if (account.password() && account.email().contains("@")) {
                assertThat(old.logIn(account.email(), LegacyRows.PASSWORD)).contains(account.id());
            }
        }
        UUID newcomer = old.logIn("newcomer@new.test", "a new password").orElseThrow();
        assertThat(old.logIn("newcomer", "a new password")).contains(newcomer);
        assertThat(old.conversations(newcomer)).containsExactly(conversation);
        assertThat(old.last(conversation))
                .extracting(OldServer.Said::content)
                .containsExactly("hello 🎉", "hello from the new server");
        UUID alice = old.logIn("alice@example.test", LegacyRows.PASSWORD).orElseThrow();
        assertThat(old.contacts(newcomer)).containsExactly(alice);
        assertThat(old.room()).extracting(OldServer.Posted::text).contains("is anybody here?", "by an account");
        old.send(conversation, newcomer, "at the old one again");
    }

    private void rehearse(String name, String url) {
        Map<String, String> before = server.contents(name);
        try (Service dryRun = Service.start(Service.settings(url), "migrate", "--dry-run")) {
            assertThat(dryRun.awaitExit()).as("%s", dryRun.lines()).isZero();
            assertThat(dryRun.lines())
                    .anyMatch(line -> line.startsWith("dry run: everything was rolled back"))
                    .anyMatch(line -> line.contains("quarantined"));
        }
        assertThat(server.contents(name)).isEqualTo(before);
    }

    /** What people do at the new service; the conversation of two who met there. */
    private static UUID live(Service service, UpgradedService people) {
        Visitor alice = people.visitor("alice@example.test");
        Visitor newcomer = Visitor.signUp(service, "newcomer", "a new password");
        JsonNode asked = newcomer.post("/api/friends/request", Map.of("to_email", "alice@example.test"))
                .body();
        assertThat(alice.post(
                                "/api/friends/respond",
                                Map.of("request_id", asked.path("request_id").asText(), "accept", true))
                        .status())
                .isEqualTo(200);
        UUID conversation = UUID.fromString(
                newcomer.read("/api/conversations").at("/conversations/0/id").asText());
        newcomer.say(conversation, "hello from the new server");
        alice.say(conversation, "hello 🎉");
        assertThat(newcomer.history(conversation))
                .extracting(message -> message.path("content").asText())
                .containsExactly("hello from the new server", "hello 🎉");
        assertThat(newcomer.put("/chat", Map.of("text", "is anybody here?", "author", "newcomer"))
                        .status())
                .isEqualTo(200);
        return conversation;
    }
}
