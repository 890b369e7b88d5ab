package org.xfchat.testing.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.legacy.LegacyRows.Account;
import org.xfchat.testing.legacy.LegacyRows.Contact;
import org.xfchat.testing.legacy.LegacyRows.Request;
import org.xfchat.testing.legacy.LegacyRows.Usage;

/** Accounts with every odd name, address and hash, and what they asked each other. */
final class LegacyPeople {
    static final Instant START = Instant.parse("2023-03-01T10:00:00.123456Z");

    /** All of {@link LegacyRows#PASSWORD}, cheap, one of each form that the old server can verify. */
    private static final List<String> HASHES = List.of(
            "$2b$04$cUxQoBlbG0qey6c7cFZue.qJwAOKBtVP.LUf9SP8S9XNqdsbsv1Q2",
            "$2a$04$rNDNrwsL8iu0Os/VvZ4mOek0M9N0VM27wXtSI0uTSLIgJgKniJmQK",
            "$2y$04$Vwir420Pgt3hrYAoH0Wwg.s3fQFYP.s3wjcmV0klXHfcsl5c2gWNW");

    private static final String LONG_NAME = "n" + "o".repeat(29);
    private static final String LONGEST_NAME = "m" + "x".repeat(254);
    private static final String LONG_LOCAL_PART = "very.long." + "l".repeat(90);

    private final Shape shape;
    final List<Account> accounts = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    final List<Contact> contacts = new ArrayList<>();
    final List<Usage> usage = new ArrayList<>();

    LegacyPeople(Shape shape) {
        this.shape = shape;
        ordinary();
        namesThatCollide();
        withoutNames();
        addressesThatCollide();
        system();
        if (shape.has("friend_requests")) {
            befriended();
            asked();
        }
        if (shape.has("usage_tracking")) {
            counted();
        }
    }

    /** The same id for the same name in every database, its high bit set or not. */
    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }

    static UUID account(String name) {
        return id("account " + name);
    }

    private void add(String key, @Nullable String username, String email, long seconds) {
        add(key, username, email, shape.kept(START.plusSeconds(seconds)));
    }

    private void add(String key, @Nullable String username, String email, @Nullable Instant created) {
        accounts.add(new Account(
                account(key),
                shape.has("users", "username") ? username : null,
                email,
                HASHES.get(accounts.size() % HASHES.size()),
                true,
                created));
    }

    private void ordinary() {
        add("alice", "alice", "alice@example.test", 0);
        add("bob", "bob", "Bob@Example.test", 1);
        add("carol", "carol", "carol@example.test", 2);
        add("zoe", "Zoë 🎉", "zoe@example.test", 3);
        if (shape.allowsNull("users", "created_at")) {
            add("ageless", "ageless", "ageless@example.test", null);
        }
    }

    private void namesThatCollide() {
        // Older than the next, though stored later and with a greater suffix.
        add("kim of 30", "kim", "kim30@example.test", 30);
        add("kim of 20", "kim", "kim20@example.test", 20);
        add("KIM of 40", "KIM", "kim40@example.test", 40);
        // Where a suffix would lead.
        add("kim_2", "kim_2", "kim_2@example.test", 50);
        add("kim2", "KIM2", "kim2@example.test", 51);
        add("kim1", "kim1", "kim1@example.test", 52);
        add("kim_1", "Kim_1", "kim_1@example.test", 53);
        add("long one", LONG_NAME, "long1@example.test", 60);
        add("long two", LONG_NAME, "long2@example.test", 61);
        add("longest one", LONGEST_NAME, "longest1@example.test", 62);
        add("longest two", LONGEST_NAME.toUpperCase(java.util.Locale.ROOT), "longest2@example.test", 63);
    }

    private void withoutNames() {
        add("dave", null, "dave@example.test", 70);
        add("dave elsewhere", null, "dave@elsewhere.test", 71);
        add("Dave", null, "Dave@third.test", 72);
        // The made-up name of an older account never takes the real one of a younger.
        add("sam without", null, "sam@example.test", 73);
        add("sam", "Sam", "other@example.test", 74);
        add("ALICE", null, "ALICE@elsewhere.test", 75);
        add("first", null, "1st.été+tag@example.test", 76);
        add("digits", null, "12345@example.test", 77);
        add("no local part", null, "@example.test", 78);
        add("no address", null, "not-an-address", 79);
        add("emoji", null, "🎉@example.test", 80);
        add("underscores", null, "___@example.test", 81);
        add("long local part", null, LONG_LOCAL_PART + "@example.test", 82);
        add("long local part elsewhere", null, LONG_LOCAL_PART + "@elsewhere.test", 83);
        add("empty name", "", "empty@example.test", 84);
    }

    private void addressesThatCollide() {
        add("pat", "pat", "pat@example.test", 92);
        add("Pat", "pat_b", "Pat@example.test", 91);
        add("PAT", "pat_c", "PAT@EXAMPLE.TEST", 90);
    }

    private void system() {
        for (String name : List.of("bot", "global")) {
            accounts.add(new Account(
                    account("system " + name),
                    shape.has("users", "username") ? "system_" + name : null,
                    "system@" + name,
                    name.equals("bot") ? "SYSTEM_USER_NO_LOGIN" : "",
                    false,
                    shape.kept(START)));
        }
    }

    private void contact(String user, String contact) {
        contacts.add(new Contact(id("contact " + user + " " + contact), account(user), account(contact)));
    }

    private void request(String name, String from, String to, String status, long seconds) {
        Instant created = shape.kept(START.plusSeconds(3600 + seconds));
        requests.add(new Request(
                id("request " + name),
                account(from),
                account(to),
                status,
                created,
                status.equals("pending") ? null : shape.kept(created.plusSeconds(60))));
    }

    private void befriended() {
        request("none", "dave", "dave elsewhere", "accepted", 1);
        request("one way", "carol", "kim of 20", "accepted", 2);
        request("both ways", "bob", "carol", "accepted", 3);
        request("twice", "carol", "bob", "accepted", 4);
        contact("carol", "kim of 20");
        contact("bob", "carol");
        contact("carol", "bob");
        // No request is known of these.
        contact("alice", "bob");
        contact("alice", "carol");
        contact("carol", "alice");
        if (shape.allowsDangling("contacts", "contact_user_id")) {
            contact("alice", "gone friend");
            contact("gone friend", "alice");
            request("accepted gone", "gone friend", "alice", "accepted", 5);
            request("pending gone", "bob", "gone friend", "pending", 6);
        }
        if (shape.allowsEqual("contacts", "contact_user_id", "user_id")) {
            contact("bob", "bob");
            request("oneself", "bob", "bob", "pending", 7);
        }
        if (shape.allowsRepeated("contacts", "contact_user_id", "user_id")) {
            contacts.add(new Contact(id("contact repeated"), account("bob"), account("carol")));
        }
    }

    private void asked() {
        request("older", "pat", "Pat", "pending", 20);
        request("younger", "pat", "Pat", "pending", 21);
        request("crossing", "Pat", "pat", "pending", 22);
        request("crossing first", "PAT", "pat", "pending", 31);
        request("crossing second", "pat", "PAT", "pending", 32);
        request("alone", "zoe", "alice", "pending", 40);
        request("refused", "zoe", "bob", "rejected", 41);
        request("asked again", "zoe", "bob", "pending", 42);
        request("blocked", "zoe", "carol", "blocked", 43);
    }

    private void count(String user, String metric, String start, @Nullable String end, int count) {
        usage.add(new Usage(
                account(user), metric, LocalDate.parse(start), end == null ? null : LocalDate.parse(end), count));
    }

    private void counted() {
        count("alice", "messages_sent", "2023-03-01", "2023-03-31", 17);
        count("alice", "messages_sent", "2023-04-01", "2023-04-30", 3);
        count("bob", "m".repeat(100), "2023-03-01", "2023-03-31", 1);
        // A period of one day, as a server that means its last day writes it.
        count("carol", "api_calls", "2023-03-01", "2023-03-01", 5);
        count("zoe", "api_calls", "2023-03-01", null, 6);
        if (shape.allowsDangling("usage_tracking", "user_id")) {
            count("gone spender", "messages_sent", "2023-03-01", "2023-03-31", 99);
        }
    }
}
