package org.xfchat.upgrade;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.testing.LegacySchema;
import org.xfchat.testing.legacy.Expected;
import org.xfchat.testing.legacy.Expected.Pair;
import org.xfchat.testing.legacy.LegacyRows.Account;

/** Everybody of every old database comes out as the rules say, which {@link Expected} works out without SQL. */
class ConvertedRowsTest {
    private static final String TIME = "to_char(%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    private static List<UUID> ids(OldDatabase database, String query, Object... arguments) throws SQLException {
        return database.ask(query, arguments).stream().map(UUID::fromString).toList();
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void everyAccountIsThereWithAddressHashAndAge(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Set<UUID> shared = database.expected().people().shareTheirAddress();
        for (Account account : database.expected().rows().accounts()) {
            assertThat(database.ask(
                            "select email, password_hash, email_shared, deleted_at from users where id = ?",
                            account.id()))
                    .containsExactly(String.join(
                            "|", account.email(), account.hash(), shared.contains(account.id()) ? "t" : "f", "null"));
            if (account.created() != null) {
                assertThat(database.ask(
                                "select " + TIME.formatted("created_at") + " from users where id = ?", account.id()))
                        .extracting(Instant::parse)
                        .containsExactly(account.created());
            }
        }
        assertThat(database.ask("select subscription_status, stripe_customer_id from users"
                        + " where email = 'alice@example.test'"))
                .containsExactly("pro|cus_1");
        assertThat(ids(database, "select row_id from legacy.upgrade_actions where action = 'shared'"))
                .containsExactlyInAnyOrderElementsOf(shared);
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void theOldestKeepsANameAndOthersGetOne(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Set<UUID> keepers = database.expected().people().keepTheirName();
        Set<String> taken = new HashSet<>();
        Set<String> renamed = new TreeSet<>();
        for (Account account : database.expected().rows().accounts()) {
            String name = database.ask("select username from users where id = ?", account.id())
                    .get(0);
            String old = Objects.requireNonNullElse(account.username(), "");
            assertThat(taken.add(name.toLowerCase(Locale.ROOT))).as(name).isTrue();
            if (keepers.contains(account.id())) {
                assertThat(name).isEqualTo(old);
                continue;
            }
            if (old.isEmpty()) {
                assertThat(name).as(account.email()).matches("[A-Za-z][A-Za-z0-9_]{2,29}");
            } else {
                assertThat(name).hasSizeLessThanOrEqualTo(255).startsWith(old.substring(0, Math.min(old.length(), 20)));
            }
            renamed.add(account.id() + "|" + account.username() + "|" + name);
        }
        assertThat(new TreeSet<>(database.ask("select row_id, detail ->> 'from', detail ->> 'to'"
                        + " from legacy.upgrade_actions where source = 'users' and action = 'renamed'")))
                .isEqualTo(renamed);
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void whoIsSpokenOfButGoneIsATombstone(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Expected expected = database.expected();
        Set<UUID> accounts =
                expected.rows().accounts().stream().map(Account::id).collect(toSet());
        Set<UUID> others = new HashSet<>(ids(database, "select id from users where deleted_at is not null"));
        assertThat(others).doesNotContainAnyElementsOf(accounts).containsAll(expected.gone());
        assertThat(database.ask("select count(*) from users"))
                .containsExactly(String.valueOf(accounts.size() + others.size()));
        assertThat(ids(database, "select row_id from legacy.upgrade_actions where action = 'placeholder'"))
                .containsExactlyInAnyOrderElementsOf(others);
        assertThat(new TreeSet<>(database.ask("select detail ->> 'author' from legacy.upgrade_actions"
                        + " where action = 'placeholder' and detail ->> 'author' is not null")))
                .isEqualTo(expected.unknownAuthors());
        assertThat(others)
                .hasSize(expected.gone().size() + expected.unknownAuthors().size());
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void ofRequestsOneIsPendingPerPair(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Map<UUID, String> expected = database.expected().people().requests();
        assertThat(database.ask("select id, status from friend_requests"))
                .containsExactlyInAnyOrderElementsOf(expected.entrySet().stream()
                        .map(request -> request.getKey() + "|" + request.getValue())
                        .toList());
        assertThat(database.ask("select id from friend_requests where (status = 'pending') <> (responded_at is null)"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void friendsAreContactsBothWaysWithOneDirectConversation(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Expected expected = database.expected();
        Set<String> contacts = new TreeSet<>();
        for (Pair pair : expected.people().friends()) {
            contacts.add(pair.low() + "|" + pair.high());
            contacts.add(pair.high() + "|" + pair.low());
        }
        assertThat(database.ask("select user_id, contact_user_id from contacts"))
                .containsExactlyInAnyOrderElementsOf(contacts);
        Set<Pair> pairs = expected.logs().stream()
                .filter(Expected.Log::direct)
                .map(log -> Expected.pair(log.participants()))
                .collect(toSet());
        pairs.addAll(expected.newPairs());
        assertThat(database.ask("select pair_low, pair_high from conversations where kind = 'direct'"))
                .containsExactlyInAnyOrderElementsOf(pairs.stream()
                        .map(pair -> pair.low() + "|" + pair.high())
                        .toList());
        assertThat(database.ask("select row_id from legacy.upgrade_actions where source = 'conversations'"
                        + " and action = 'completed'"))
                .hasSameSizeAs(expected.newPairs());
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void usageIsKeptUnderNamesOfItsOwn(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        Expected expected = database.expected();
        assertThat(database.ask("select user_id, metric_type, period_start, count from usage_tracking"
                        + " where metric_type like 'legacy\\_%'"))
                .containsExactlyInAnyOrderElementsOf(expected.rows().usage().stream()
                        .filter(usage -> expected.people().lives(usage.user()))
                        .map(usage ->
                                usage.user() + "|legacy_" + usage.metric() + "|" + usage.start() + "|" + usage.count())
                        .toList());
    }

    /** As the service would count, which has nothing left to do. */
    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void whatEverybodyWroteIsCounted(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        assertThat(database.ask("select user_id, metric_type, sum(count) from usage_tracking"
                        + " where metric_type not like 'legacy\\_%' group by 1, 2"))
                .containsExactlyInAnyOrderElementsOf(
                        database.ask("select sender_id, 'messages_sent', count(*) from chat_messages m join users u on"
                                + " u.id = m.sender_id where u.deleted_at is null group by 1 union all select sender_id,"
                                + " 'storage_used', sum(octet_length(content)) from chat_messages m join users u on"
                                + " u.id = m.sender_id where u.deleted_at is null group by 1"));
        assertThat(database.ask("select conversation_id, seq from usage_watermarks"))
                .containsExactlyInAnyOrderElementsOf(
                        database.ask("select conversation_id, max(seq) from chat_messages group by 1"));
    }

    @ParameterizedTest
    @EnumSource(LegacySchema.class)
    void whatHasNoPlaceIsInQuarantineWhole(LegacySchema schema) throws SQLException {
        OldDatabase database = OldDatabase.converted(schema);
        assertThat(quarantined(database, "chat_messages", "content"))
                .isEqualTo(database.expected().quarantinedMessages());
        assertThat(quarantined(database, "messages", "text"))
                .isEqualTo(database.expected().quarantinedRoomMessages());
        Expected expected = database.expected();
        Set<UUID> conversations =
                expected.rows().conversations().stream().map(c -> c.id()).collect(toSet());
        assertThat(count(database, "conversation_participants"))
                .isEqualTo(expected.rows().participants().stream()
                        .filter(participant -> !conversations.contains(participant.conversation()))
                        .count());
        assertThat(count(database, "friend_requests"))
                .isEqualTo(expected.rows().requests().size()
                        - expected.people().requests().size());
        assertThat(count(database, "usage_tracking"))
                .isEqualTo(expected.rows().usage().stream()
                        .filter(usage -> !expected.people().lives(usage.user()))
                        .count());
        // Each of those that remain has one row, whatever else was there of it.
        Set<String> pairs = new HashSet<>();
        assertThat(count(database, "contacts"))
                .isEqualTo(expected.rows().contacts().stream()
                        .filter(contact -> !expected.people().lives(contact.user())
                                || !expected.people().lives(contact.contact())
                                || contact.user().equals(contact.contact())
                                || !pairs.add(contact.user() + " " + contact.contact()))
                        .count());
        assertThat(database.ask("select reason from legacy.upgrade_actions where reason = ''"))
                .isEmpty();
    }

    private static long count(OldDatabase database, String source) throws SQLException {
        return database.ask("select 1 from legacy.upgrade_actions where action = 'quarantined' and source = ?", source)
                .size();
    }

    private static List<String> quarantined(OldDatabase database, String source, String text) throws SQLException {
        return database
                .ask(
                        "select detail ->> ? from legacy.upgrade_actions where source = ? and action = 'quarantined'",
                        text,
                        source)
                .stream()
                .sorted()
                .toList();
    }
}
