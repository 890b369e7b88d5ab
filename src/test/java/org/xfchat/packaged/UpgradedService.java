package org.xfchat.packaged;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.xfchat.testing.Service;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.Expected.Entry;
import org.xfchat.testing.legacy.Expected.Pair;
import org.xfchat.testing.legacy.LegacyRows;
import org.xfchat.testing.legacy.LegacyRows.Account;

/** What the people of an old database find when they come back to the new service, compared with what must be there. */
final class UpgradedService {
    private final Service service;
    private final Expected expected;
    private final Map<UUID, Visitor> visitors = new HashMap<>();

    /** Lets everybody log in who has a password, by address, and fails the test unless each comes in as himself. */
    UpgradedService(Service service, Expected expected) {
        this.service = service;
        this.expected = expected;
        for (Account account : expected.rows().accounts()) {
            if (account.password() && account.email().contains("@")) {
                Visitor visitor = Visitor.logIn(service, account.email(), LegacyRows.PASSWORD)
                        .orElseThrow(() -> new AssertionError(account.email() + " cannot log in"));
                assertThat(visitor.id()).as(account.email()).isEqualTo(account.id());
                visitors.put(account.id(), visitor);
            }
        }
    }

    Visitor visitor(String email) {
        return visitors.values().stream()
                .filter(visitor ->
                        expected.people().byAddress(email).map(Account::id).equals(Optional.of(visitor.id())))
                .findFirst()
                .orElseThrow();
    }

    /** By name, by address in another case, and not with a wrong password nor where there is no hash. */
    void checkLogIn() {
        Set<UUID> keepers = expected.people().keepTheirName();
        int number = 0;
        for (Account account : expected.rows().accounts()) {
            Visitor visitor = visitors.get(account.id());
            if (visitor == null) {
                continue;
            }
            if (keepers.contains(account.id())) {
                assertThat(visitor.username()).isEqualTo(account.username());
            }
            // Every third: each takes a hash.
            if (number++ % 3 == 0) {
                assertThat(logIn(visitor.username())).contains(account.id());
                String shouted = account.email().toUpperCase(Locale.ROOT);
                assertThat(logIn(shouted))
                        .isEqualTo(expected.people().byAddress(shouted).map(Account::id));
            }
        }
        for (String address : List.of("pat@example.test", "Pat@example.test", "PAT@EXAMPLE.TEST", "pAt@example.test")) {
            assertThat(logIn(address))
                    .isEqualTo(expected.people().byAddress(address).map(Account::id));
        }
        assertThat(Visitor.logIn(service, "alice@example.test", "another password"))
                .isEmpty();
        assertThat(logIn("system@bot")).isEmpty();
        assertThat(logIn("system@global")).isEmpty();
    }

    private Optional<UUID> logIn(String name) {
        return Visitor.logIn(service, name, LegacyRows.PASSWORD).map(Visitor::id);
    }

    /** Every log in order for everybody who takes part, by REST and by Braid, and for nobody else. */
    void checkMessages() {
        for (Expected.Log log : expected.logs()) {
            boolean isFirst = true;
            for (Visitor visitor : visitors.values()) {
                String path = "/sync/conversations/" + log.id() + "/messages";
                if (log.participants().contains(visitor.id())) {
                    assertEqual(visitor.history(log.id()), log.entries());
                    List<JsonNode> state = new ArrayList<>();
                    visitor.read(path + "?limit=500").forEach(state::add);
                    // A window is no more than 4 MiB, which all of them are together.
                    assertEqual(state, log.entries());
                } else if (isFirst) {
                    isFirst = false;
                    assertThat(visitor.get(path).status()).isEqualTo(403);
                    assertThat(visitor.get("/api/conversations/" + log.id() + "/messages")
                                    .status())
                            .isEqualTo(403);
                }
            }
        }
    }

    private static void assertEqual(List<JsonNode> found, List<Entry> entries) {
        assertThat(found)
                .extracting(message -> message.path("id").asText())
                .containsExactlyElementsOf(
                        entries.stream().map(entry -> entry.id().toString()).toList());
        for (int i = 0; i < found.size(); i++) {
            JsonNode message = found.get(i);
            Entry entry = entries.get(i);
            assertThat(message.path("sender_id").asText())
                    .isEqualTo(entry.sender().toString());
            assertThat(message.path("content").asText().equals(entry.content()))
                    .as("the content of %s", entry.id())
                    .isTrue();
            assertThat(message.path("braid_version").asText()).isEqualTo(entry.version());
            assertThat(message.path("crdt_timestamp").asLong()).isEqualTo(i + 1);
            if (entry.created() != null) {
                assertThat(Instant.parse(message.path("timestamp").asText())).isEqualTo(entry.created());
            }
        }
    }

    /** One direct conversation with each friend or partner, nothing unread, and everybody's contacts. */
    void checkLists() {
        Set<Pair> pairs = expected.logs().stream()
                .filter(Expected.Log::direct)
                .map(log -> Expected.pair(log.participants()))
                .collect(toSet());
        pairs.addAll(expected.newPairs());
        for (Visitor visitor : visitors.values()) {
            Set<String> others = others(pairs, visitor.id());
            List<String> listed = new ArrayList<>();
            for (JsonNode conversation : visitor.read("/api/conversations").path("conversations")) {
                assertThat(conversation.path("unread_count").asInt()).isZero();
                conversation.path("participants").forEach(user -> listed.add(user.asText()));
                listed.remove(visitor.id().toString());
            }
            assertThat(listed).as(visitor.username()).containsExactlyInAnyOrderElementsOf(others);
            Set<String> contacts = new HashSet<>();
            visitor.read("/api/contacts")
                    .path("contacts")
                    .forEach(contact ->
                            contacts.add(contact.path("contact_user_id").asText()));
            assertThat(contacts).isEqualTo(others(expected.people().friends(), visitor.id()));
        }
    }

    private static Set<String> others(Set<Pair> pairs, UUID user) {
        return pairs.stream()
                .filter(pair -> pair.low().equals(user) || pair.high().equals(user))
                .map(pair -> (pair.low().equals(user) ? pair.high() : pair.low()).toString())
                .collect(toSet());
    }

    /** Everybody's room, as everybody sees it. */
    void checkRoom() {
        List<Expected.RoomEntry> room = expected.room();
        JsonNode found = visitors.values().iterator().next().read("/chat?limit=500");
        assertThat(found)
                .extracting(message -> message.path("text").asText())
                .containsExactlyElementsOf(
                        room.stream().map(Expected.RoomEntry::text).toList());
        for (int i = 0; i < room.size(); i++) {
            String author = room.get(i).author();
            assertThat(found.get(i).path("author").asText())
                    .isEqualTo(author == null ? found.get(i).path("author").asText("") : author)
                    .isNotBlank();
            assertThat(Instant.parse(found.get(i).path("timestamp").asText()))
                    .isEqualTo(room.get(i).created());
        }
    }
}
