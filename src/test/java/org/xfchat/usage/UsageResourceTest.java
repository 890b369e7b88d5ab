package org.xfchat.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.AmongFriends;
import org.xfchat.testing.FastRollUp;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(FastRollUp.class)
class UsageResourceTest extends AmongFriends {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static ValidatableResponse usage(Person person) {
        return person.request().get("/api/usage").then().statusCode(200);
    }

    private static void usageIs(Person person, int messages, int bytes) {
        usage(person).body("messages_sent", equalTo(messages)).body("storage_used", equalTo(bytes));
    }

    /** Asks all the time until everything in the conversation is rolled up: the figures never differ meanwhile. */
    private void rolledUp(Person person, int messages, int bytes) {
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            usageIs(person, messages, bytes);
            return Rows.number(
                            "select count(*) from chat_messages m left join usage_watermarks w using (conversation_id)"
                                    + " where conversation_id = ? and m.seq > coalesce(w.seq, 0)",
                            conversation)
                    == 0;
        });
        usageIs(person, messages, bytes);
    }

    @Nested
    class Caller {
        @Test
        void hasUsedNothingAtFirst() {
            usage(alice)
                    .body("$", aMapWithSize(5))
                    .body("messages_sent", equalTo(0))
                    .body("documents_created", equalTo(0))
                    .body("total_users", greaterThanOrEqualTo(2))
                    .body("storage_used", equalTo(0))
                    .body("limit_exceeded", equalTo(false));
        }

        @Test
        void seesExactFiguresBeforeAndAfterTheRollUp() {
            alice.say(conversation, "12345");
            usageIs(alice, 1, 5);
            alice.say(conversation, "😀é");
            usageIs(alice, 2, 11);
            bob.say(conversation, "not mine");
            usageIs(alice, 2, 11);
            rolledUp(alice, 2, 11);
            alice.say(conversation, "more");
            usageIs(alice, 3, 15);
            rolledUp(alice, 3, 15);
            rolledUp(bob, 1, 8);
        }

        @Test
        void isNotChargedForARetry() {
            UUID id = alice.say(conversation, "once");
            alice.put(conversation, id, "once").then().statusCode(200);
            usageIs(alice, 1, 4);
            rolledUp(alice, 1, 4);
        }

        /** What was sent before, and is rolled up only after the deletion. */
        @Test
        void hasNoFiguresOnceDeleted() {
            alice.say(conversation, "last words");
            alice.request()
                    .body(Map.of("password", alice.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            rolledUp(bob, 0, 0);
            assertThat(Rows.number("select count(*) from usage_tracking where user_id = ?", alice.id()))
                    .isZero();
        }

        /** More than is added up in one transaction, in a time that is longer than one is for. */
        @Test
        void hasEverythingAfterALongTimeWithoutARollUp() {
            Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " select gen_random_uuid(), ?, seq, ?, 'x', now() - (2501 - seq) * interval '10 seconds'"
                            + " from generate_series(1, 2500) seq",
                    conversation,
                    alice.id());
            Rows.change("update usage_roll_up set rolled_up_at = now() - interval '1 day'");
            rolledUp(alice, usageOfThisMonth(), 2500);
        }

        /** Entry after entry, a second apart: each slice goes on by an hour, not by one of them. */
        @Test
        void hasNotLostTimeWithManyEntries() {
            Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " select gen_random_uuid(), ?, seq, ?, 'x', now() - (20001 - seq) * interval '1 second'"
                            + " from generate_series(1, 20000) seq",
                    conversation,
                    alice.id());
            Rows.change("update usage_roll_up set rolled_up_at = now() - interval '6 hours'");
            long before = slices();
            rolledUp(alice, usageOfThisMonth(), 20_000);
            await().atMost(SOON)
                    .until(() -> Rows.number("select count(*) from usage_roll_up"
                                    + " where rolled_up_at > now() - interval '1 minute'")
                            == 1);
            // Six hours, a run each second beside them, and what the tests before have left to be counted.
            assertThat(slices() - before).isLessThan(26 + 2 * SOON.toSeconds());
        }

        private long slices() {
            return Rows.number("select n_tup_upd from pg_stat_user_tables where relname = 'usage_roll_up'");
        }

        private int usageOfThisMonth() {
            return (int) Rows.number(
                    "select count(*) from chat_messages where conversation_id = ?"
                            + " and created_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'",
                    conversation);
        }

        @Test
        void sentWhatWasSentThisMonthButStoresEverything() {
            Rows.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " values (gen_random_uuid(), ?, 1, ?, 'old', date_trunc('month', now() at time zone 'UTC')"
                            + " at time zone 'UTC' - interval '1 microsecond')",
                    conversation,
                    alice.id());
            usageIs(alice, 0, 3);
            alice.say(conversation, "new one");
            usageIs(alice, 1, 10);
            rolledUp(alice, 1, 10);
        }
    }
}
