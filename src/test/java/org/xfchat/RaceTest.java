package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.anonymous;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Together;

/** What happens when several clients do something at the same moment, or something fails half-way. */
@QuarkusTest
@Tag("whole-service")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class RaceTest {
    private static final int WRITERS = 40;
    private static final int MESSAGES_EACH = 3;

    private Person alice;
    private Person bob;

    @BeforeEach
    void arrive() {
        alice = Person.signUp();
        bob = Person.signUp();
    }

    private static List<Integer> sortedStatuses(List<Response> responses) {
        return responses.stream().map(Response::statusCode).sorted().toList();
    }

    private static List<Integer> oneOkOthersConflict(int count) {
        return IntStream.range(0, count).mapToObj(i -> i == 0 ? 200 : 409).toList();
    }

    private static long conversationsOf(Person one, Person other) {
        return Rows.number(
                "select count(*) from conversations where (pair_low, pair_high) in ((?, ?), (?, ?))",
                one.id(),
                other.id(),
                other.id(),
                one.id());
    }

    private static long contactsOf(Person person) {
        return Rows.number(
                "select count(*) from contacts where user_id = ? or contact_user_id = ?", person.id(), person.id());
    }

    @Nested
    class Messages {
        @Test
        void thirtyEqualPutsAreOneMessage() {
            UUID conversation = alice.befriend(bob);
            UUID id = UUID.randomUUID();
            List<Response> responses = Together.run(30, i -> alice.put(conversation, id, "hello"));
            assertThat(responses).extracting(Response::statusCode).containsOnly(200);
            assertThat(responses)
                    .extracting(Response::asString)
                    .containsOnly(responses.get(0).asString());
            assertThat(responses).extracting(r -> r.header("Version")).containsOnly("\"" + id + "\"");
            assertThat(Rows.number("select count(*) from chat_messages where conversation_id = ?", conversation))
                    .isEqualTo(1);
        }

        @RepeatedTest(3)
        void oneIdWithDifferentContentsIsStoredOnce() {
            UUID conversation = alice.befriend(bob);
            UUID id = UUID.randomUUID();
            List<Response> responses = Together.run(10, i -> alice.put(conversation, id, "content " + i));
            assertThat(sortedStatuses(responses)).isEqualTo(oneOkOthersConflict(10));
            assertThat(Rows.number("select count(*) from chat_messages where conversation_id = ?", conversation))
                    .isEqualTo(1);
        }

        @RepeatedTest(3)
        void oneVersionOfTwoWritersIsStoredOnce() {
            UUID conversation = alice.befriend(bob);
            List<Response> responses = Together.run(
                    2,
                    i -> (i == 0 ? alice : bob)
                            .request()
                            .header("Version", "\"v1\"")
                            .body(Map.of("content", "mine"))
                            .put(messagePath(conversation, UUID.randomUUID())));
            assertThat(sortedStatuses(responses)).containsExactly(200, 409);
        }

        @RepeatedTest(5)
        void oneIdInTwoConversationsIsStoredOnce() {
            List<UUID> conversations = List.of(alice.befriend(bob), alice.befriend(Person.signUp()));
            UUID id = UUID.randomUUID();
            List<Response> responses = Together.run(2, i -> alice.put(conversations.get(i), id, "hello"));
            assertThat(sortedStatuses(responses)).containsExactly(200, 409);
            assertThat(Rows.number("select count(*) from chat_messages where sender_id = ?", alice.id()))
                    .isEqualTo(1);
        }

        @Test
        void fortyWritersLeaveNoGapAndNoStepBack() {
            UUID conversation = alice.befriend(bob);
            List<List<UUID>> sent = Together.run(
                    WRITERS,
                    i -> IntStream.range(0, MESSAGES_EACH)
                            .mapToObj(
                                    n -> (i % 2 == 0 ? alice : bob).say(conversation, "writer " + i + ", message " + n))
                            .toList());
            Response log = alice.request().get(logPath(conversation) + "?limit=500");
            List<String> ids = log.path("id");
            assertThat(ids)
                    .containsExactlyInAnyOrderElementsOf(sent.stream()
                            .flatMap(List::stream)
                            .map(UUID::toString)
                            .toList());
            assertThat(log.<List<Integer>>path("crdt_timestamp"))
                    .isEqualTo(IntStream.rangeClosed(1, WRITERS * MESSAGES_EACH)
                            .boxed()
                            .toList());
            assertThat(log.<List<String>>path("timestamp")).isSorted();
            assertThat(log.<List<List<String>>>path("braid_parents").stream().map(parents -> parents.get(0)))
                    .startsWith(conversation.toString())
                    .endsWith(ids.get(ids.size() - 2));
            for (List<UUID> mine : sent) {
                assertThat(mine.stream().map(id -> ids.indexOf(id.toString()))).isSorted();
            }
        }
    }

    @Nested
    class Friends {
        @RepeatedTest(3)
        void twoAcceptsMakeOneConversationAndOnePairOfContacts() {
            UUID request = UUID.fromString(alice.ask(bob).path("request_id"));
            List<Response> responses = Together.run(2, i -> bob.answer(request, true));
            assertThat(sortedStatuses(responses)).containsExactly(200, 200);
            assertThat(conversationsOf(alice, bob)).isEqualTo(1);
            assertThat(contactsOf(alice)).isEqualTo(2);
        }

        @RepeatedTest(3)
        void oppositeAnswersAreDecidedOnce() {
            UUID request = UUID.fromString(alice.ask(bob).path("request_id"));
            List<Response> responses = Together.run(2, i -> bob.answer(request, i == 0));
            assertThat(sortedStatuses(responses)).containsExactly(200, 409);
            long accepted = responses.get(0).statusCode() == 200 ? 1 : 0;
            assertThat(conversationsOf(alice, bob)).isEqualTo(accepted);
            assertThat(contactsOf(alice)).isEqualTo(2 * accepted);
        }

        @RepeatedTest(5)
        void crossingRequestsLeaveOnePending() {
            List<Response> responses = Together.run(2, i -> i == 0 ? alice.ask(bob) : bob.ask(alice));
            assertThat(sortedStatuses(responses)).containsExactly(200, 200);
            assertThat(responses.stream().map(r -> String.valueOf(r.<Object>path("error"))))
                    .containsExactlyInAnyOrder("null", "Friend request already pending");
            assertThat(Rows.number(
                            "select count(*) from friend_requests where from_user_id in (?, ?)", alice.id(), bob.id()))
                    .isEqualTo(1);
        }

        @RepeatedTest(5)
        void acceptingAndDeletingTheAskerEndInOneOfTwoStates() {
            UUID request = UUID.fromString(alice.ask(bob).path("request_id"));
            List<Response> responses = Together.run(
                    2,
                    i -> i == 0
                            ? bob.answer(request, true)
                            : alice.request()
                                    .body(Map.of("password", alice.password()))
                                    .delete("/api/auth/me"));
            assertThat(responses.get(1).statusCode()).isEqualTo(204);
            boolean accepted = responses.get(0).statusCode() == 200;
            assertThat(responses.get(0).statusCode()).isEqualTo(accepted ? 200 : 404);
            assertThat(conversationsOf(alice, bob)).isEqualTo(accepted ? 1 : 0);
            assertThat(contactsOf(bob)).isZero();
            assertThat(Rows.text("select status from friend_requests where id = ?", request))
                    .isEqualTo(accepted ? "accepted" : "rejected");
        }

        @ParameterizedTest
        @ValueSource(strings = {"contacts", "conversation_participants", "conversations", "friend_requests"})
        void aFaultInsideAcceptLeavesNothing(String table) {
            UUID request = UUID.fromString(alice.ask(bob).path("request_id"));
            String name = "fault_" + request.toString().replace('-', '_');
            // Fires for nobody but these two, so that tests beside this one do not notice.
            Rows.change(
                    "create function " + name + "() returns trigger language plpgsql as $$ begin if new::text like '%"
                            + bob.id() + "%' then raise exception 'fault'; end if; return new; end $$");
            Rows.change("create trigger " + name + " after insert or update on " + table
                    + " for each row execute function " + name + "()");
            try {
                assertThat(bob.answer(request, true).statusCode()).isGreaterThanOrEqualTo(500);
                assertThat(Rows.text("select status from friend_requests where id = ?", request))
                        .isEqualTo("pending");
                assertThat(contactsOf(alice)).isZero();
                assertThat(conversationsOf(alice, bob)).isZero();
            } finally {
                Rows.change("drop function " + name + "() cascade");
            }
            bob.answer(request, true).then().statusCode(200);
            assertThat(contactsOf(alice)).isEqualTo(2);
            assertThat(conversationsOf(alice, bob)).isEqualTo(1);
        }
    }

    @Nested
    class Accounts {
        @RepeatedTest(3)
        void oneNameInTwoSpellingsIsTakenOnce() {
            String name = "race" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
            List<Response> responses =
                    Together.run(4, i -> signUp(inCase(name, i), UUID.randomUUID() + "@example.test"));
            assertThat(sortedStatuses(responses)).isEqualTo(oneOkOthersConflict(4));
            assertThat(responses.stream().filter(r -> r.statusCode() == 409).map(Response::asString))
                    .containsOnly("Username already taken");
        }

        @RepeatedTest(3)
        void oneAddressInTwoSpellingsIsTakenOnce() {
            String email = UUID.randomUUID() + "@example.test";
            List<Response> responses = Together.run(
                    4,
                    i -> signUp(
                            "race" + i
                                    + UUID.randomUUID()
                                            .toString()
                                            .replace("-", "")
                                            .substring(0, 20),
                            inCase(email, i)));
            assertThat(sortedStatuses(responses)).isEqualTo(oneOkOthersConflict(4));
            assertThat(responses.stream().filter(r -> r.statusCode() == 409).map(Response::asString))
                    .isEqualTo(Collections.nCopies(3, "Email already registered"));
        }

        private static String inCase(String text, int i) {
            return i % 2 == 0 ? text : text.toUpperCase(Locale.ROOT);
        }

        private static Response signUp(String name, String email) {
            return anonymous()
                    .body(Map.of("username", name, "email", email, "password", "a good password"))
                    .post("/api/auth/signup");
        }
    }
}
