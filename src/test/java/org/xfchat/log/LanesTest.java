package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.log.LogDatabase.contents;
import static org.xfchat.log.LogDatabase.draft;
import static org.xfchat.log.LogDatabase.seqs;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.Plans;

/** Appending in batches to a real database (contract 2.5 and 6 #14 to #28). */
class LanesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private UUID ann;
    private UUID conversation;
    private TestLanes lanes;

    @BeforeEach
    void start() {
        ann = LogDatabase.user();
        conversation = LogDatabase.group(ann);
        lanes = TestLanes.start();
    }

    @AfterEach
    void stop() {
        lanes.close();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    @Nested
    class Appended {
        @Test
        void isStoredAnsweredAndAnnounced() {
            UUID id = UUID.randomUUID();
            Draft draft = new Draft(
                    conversation, id, ann, "mine", List.of(), "image", "hello", Map.of("url", "x", "width", 7), false);
            assertThat(lanes.appended(draft)).isEqualTo(new Log.Appended(1, "mine", "mine"));
            await().atMost(LIMIT).until(() -> !lanes.announced.isEmpty());
            Entry entry = lanes.announced.get(0).entries().get(0);
            assertThat(lanes.announced)
                    .containsExactly(new Committed(
                            conversation,
                            1,
                            List.of(new Entry(
                                    id,
                                    conversation,
                                    1,
                                    ann,
                                    "mine",
                                    conversation.toString(),
                                    "image",
                                    "hello",
                                    true,
                                    draft.attributes(),
                                    entry.createdAt()))));
            assertThat(LogDatabase.column(
                            "select version || type || (attributes ->> 'width') || (created_at = cast(? as timestamptz))"
                                    + " from chat_messages where id = ?",
                            entry.createdAt().toString(),
                            id))
                    .containsExactly("mineimage7true");
        }

        @Test
        void inOneGoIsInArrivalOrderWithoutGapAndAnnouncedInOrder() {
            List<Draft> drafts = IntStream.range(0, 1000)
                    .mapToObj(i -> draft(conversation, ann, "text " + i))
                    .toList();
            List<CompletableFuture<Log.Appended>> answers =
                    drafts.stream().map(lanes::append).toList();
            answers.forEach(TestLanes::result);
            assertThat(contents(conversation))
                    .isEqualTo(drafts.stream().map(Draft::content).toList());
            assertThat(seqs(conversation)).isEqualTo(numbers(1, 1000));
            List<UUID> ids = drafts.stream().map(Draft::id).toList();
            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(lanes.announced(conversation)).isEqualTo(ids));
            assertThat(LogDatabase.column(
                            "select bool_and(created_at >= previous) from (select created_at, lag(created_at) over"
                                    + " (order by seq) as previous from chat_messages where conversation_id = ?) as t",
                            conversation))
                    .containsExactly("t");
            assertThat(lanes.count("xfchat.log.appended")).isEqualTo(1000);
            assertThat(lanes.meters.get("xfchat.log.batch.size").summary().count())
                    .isLessThan(1000);
            assertThat(lanes.meters.get("xfchat.log.commit").timer().count()).isPositive();
            assertThat(lanes.waiting()).isZero();
        }

        @Test
        void isNeverBeforeThePreviousEntryThoughTheClockStepsBack() {
            LogDatabase.change(
                    "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                            + " values (gen_random_uuid(), ?, 1, ?, 'from the future', '2100-01-01 00:00:00.123456+00')",
                    conversation,
                    ann);
            lanes.appended(draft(conversation, ann, "now"));
            assertThat(LogDatabase.column(
                            "select count(distinct created_at) from chat_messages where conversation_id = ?",
                            conversation))
                    .containsExactly("1");
        }

        @Test
        void toTheRoomNeedsNoParticipation() {
            UUID room = LogDatabase.room();
            UUID id = UUID.randomUUID();
            lanes.appended(new Draft(room, id, ann, null, List.of(), "text", "all", Map.of(), true));
            assertThat(lanes.refused(draft(room, ann, "all"))).isEqualTo(ErrorCode.CONVERSATION_NOT_FOUND);
        }
    }

    @Nested
    class Replayed {
        @Test
        void isAnsweredTheSameAndAnnouncedWithoutEntries() {
            UUID id = UUID.randomUUID();
            Draft draft = draft(conversation, id, ann, "hello");
            lanes.appended(draft);
            UUID next = UUID.randomUUID();
            lanes.appended(draft(conversation, next, ann, "next"));
            assertThat(lanes.appended(draft)).isEqualTo(new Log.Appended(1, id.toString(), next.toString()));
            await().atMost(LIMIT).until(() -> lanes.announced.size() == 3);
            assertThat(lanes.announced.get(2)).isEqualTo(new Committed(conversation, 2, List.of()));
            assertThat(lanes.count("xfchat.log.replayed")).isEqualTo(1);
            assertThat(contents(conversation)).containsExactly("hello", "next");
        }

        @Test
        void inTheSameBatchIsStoredOnce() {
            Draft draft = draft(conversation, ann, "hello");
            List<CompletableFuture<Log.Appended>> answers =
                    IntStream.range(0, 300).mapToObj(i -> lanes.append(draft)).toList();
            assertThat(answers.stream().map(TestLanes::result))
                    .containsOnly(new Log.Appended(
                            1, draft.id().toString(), draft.id().toString()));
            assertThat(contents(conversation)).containsExactly("hello");
        }

        @Test
        void withAnotherContentOfTheSameLengthOrAnotherIsRefused() {
            Draft draft = draft(conversation, ann, "hello");
            lanes.appended(draft);
            List<CompletableFuture<Log.Appended>> answers = Stream.of("hallo", "hello", "longer")
                    .map(content -> lanes.append(draft(conversation, draft.id(), ann, content)))
                    .toList();
            assertThat(TestLanes.refusal(answers.get(0))).isEqualTo(ErrorCode.MESSAGE_ID_TAKEN);
            assertThat(TestLanes.result(answers.get(1)).version())
                    .isEqualTo(draft.id().toString());
            assertThat(TestLanes.refusal(answers.get(2))).isEqualTo(ErrorCode.MESSAGE_ID_TAKEN);
        }
    }

    @Nested
    class Refused {
        @Test
        void areStrangersAndDeletedOnesFromThatMomentOn() {
            UUID bob = LogDatabase.user();
            UUID both = LogDatabase.group(ann, bob);
            lanes.appended(draft(both, ann, "one"));
            LogDatabase.change(
                    "delete from conversation_participants where conversation_id = ? and user_id = ?", both, bob);
            assertThat(lanes.refused(draft(both, bob, "two"))).isEqualTo(ErrorCode.NOT_PARTICIPANT);
            LogDatabase.delete(ann);
            assertThat(lanes.refused(draft(both, ann, "three"))).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(lanes.refused(draft(UUID.randomUUID(), bob, "four")))
                    .isEqualTo(ErrorCode.CONVERSATION_NOT_FOUND);
            assertThat(contents(both)).containsExactly("one");
            assertThat(lanes.meters
                            .get("xfchat.log.refused")
                            .tag("code", "not_participant")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }

        @Test
        void isAllOfThemThatComeAfterTheRemovalWhileWriting() throws SQLException {
            UUID bob = LogDatabase.user();
            UUID both = LogDatabase.group(ann, bob);
            try (Connection remover = LogDatabase.lock(both)) {
                List<CompletableFuture<Log.Appended>> answers = Stream.of(bob, ann, bob)
                        .map(sender -> lanes.append(draft(both, sender, "hello")))
                        .toList();
                try (var statement = remover.prepareStatement(
                        "delete from conversation_participants where conversation_id = ? and user_id = ?")) {
                    statement.setObject(1, both);
                    statement.setObject(2, bob);
                    statement.executeUpdate();
                }
                remover.commit();
                assertThat(TestLanes.refusal(answers.get(0))).isEqualTo(ErrorCode.NOT_PARTICIPANT);
                TestLanes.result(answers.get(1));
                assertThat(TestLanes.refusal(answers.get(2))).isEqualTo(ErrorCode.NOT_PARTICIPANT);
            }
        }

        @Test
        void areVersionsAndParentsByWhatIsStored() {
            lanes.appended(
                    new Draft(conversation, UUID.randomUUID(), ann, "v1", List.of(), "text", "one", Map.of(), false));
            Draft two = draft(conversation, ann, "two");
            lanes.appended(two);
            assertThat(lanes.refused(new Draft(
                            conversation, UUID.randomUUID(), ann, "v1", List.of(), "text", "x", Map.of(), false)))
                    .isEqualTo(ErrorCode.VERSION_TAKEN);
            assertThat(lanes.refused(new Draft(
                            conversation,
                            UUID.randomUUID(),
                            ann,
                            null,
                            List.of("v1", "v2"),
                            "text",
                            "x",
                            Map.of(),
                            false)))
                    .isEqualTo(ErrorCode.PARENT_UNKNOWN);
            lanes.appended(new Draft(
                    conversation,
                    UUID.randomUUID(),
                    ann,
                    null,
                    List.of("v1", two.id().toString()),
                    "text",
                    "three",
                    Map.of(),
                    false));
            assertThat(contents(conversation)).containsExactly("one", "two", "three");
        }

        @Test
        void isOnlyTheOneThatCannotBeStored() {
            List<CompletableFuture<Log.Appended>> answers = IntStream.range(0, 50)
                    .mapToObj(i -> lanes.append(draft(conversation, ann, i == 20 ? "\0" : "text " + i)))
                    .toList();
            assertThat(TestLanes.refusal(answers.get(20))).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(IntStream.range(0, 50).filter(i -> i != 20).mapToObj(answers::get))
                    .allSatisfy(TestLanes::result);
            assertThat(seqs(conversation)).isEqualTo(numbers(1, 49));
            assertThat(contents(conversation)).doesNotHaveDuplicates().last().isEqualTo("text 49");
        }
    }

    @Test
    void noStatementReadsATableFromEndToEndThoughNothingWasAnalyzed() throws SQLException {
        try (Connection connection = LogDatabase.connect();
                var statement = connection.createStatement()) {
            statement.execute("set enable_seqscan = off");
            List<String> all = new ArrayList<>(List.of(BatchStatements.LOCK, BatchStatements.LOCK_FREE));
            all.addAll(BatchStatements.FACTS);
            all.addAll(BatchStatements.VERSIONS);
            for (String sql : all) {
                String typed = sql.contains("member)")
                        ? sql.replace("unnest(?, ?)", "unnest(?::uuid[], ?::uuid[])")
                        : sql.contains("bytes)")
                                ? sql.replace("unnest(?, ?)", "unnest(?::uuid[], ?::int[])")
                                : sql.replace("unnest(?, ?)", "unnest(?::uuid[], ?::text[])");
                assertThat(Plans.scannedTables(connection, typed)).as(sql).isEmpty();
            }
        }
    }
}
