package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.log.LogDatabase.contents;
import static org.xfchat.log.LogDatabase.draft;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xfchat.error.ErrorCode;
import org.xfchat.testing.Proxy;

/** What appending does when something is in its way, breaks, or ends. */
class LaneFailureTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private UUID ann;
    private UUID conversation;

    @BeforeEach
    void meet() {
        ann = LogDatabase.user();
        conversation = LogDatabase.group(ann);
    }

    private List<CompletableFuture<Log.Appended>> appendEach(TestLanes lanes, UUID where, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> lanes.append(draft(where, ann, "text " + i)))
                .toList();
    }

    @Nested
    class AHeldConversation {
        @Test
        void waitsInOrderWhileOthersGoOn() throws SQLException {
            UUID other = LogDatabase.group(ann);
            try (TestLanes lanes = TestLanes.start(TestBounds.writing(4))) {
                List<CompletableFuture<Log.Appended>> held;
                try (Connection holder = LogDatabase.lock(conversation)) {
                    held = appendEach(lanes, conversation, 20);
                    appendEach(lanes, other, 20).forEach(TestLanes::result);
                    assertThat(held).noneMatch(CompletableFuture::isDone);
                    holder.rollback();
                }
                held.forEach(TestLanes::result);
                assertThat(contents(conversation))
                        .isEqualTo(IntStream.range(0, 20)
                                .mapToObj(i -> "text " + i)
                                .toList());
            }
        }

        @Test
        void doesNotKeepAnotherHeldOneWaitingOnceThatIsFree() throws SQLException {
            UUID other = LogDatabase.group(ann);
            try (TestLanes lanes = TestLanes.start(TestBounds.writing(4));
                    Connection holder = LogDatabase.lock(conversation)) {
                List<CompletableFuture<Log.Appended>> held = appendEach(lanes, conversation, 1);
                CompletableFuture<Log.Appended> free;
                try (Connection otherHolder = LogDatabase.lock(other)) {
                    free = lanes.append(draft(other, ann, "hello"));
                    otherHolder.rollback();
                }
                TestLanes.result(free);
                assertThat(held).noneMatch(CompletableFuture::isDone);
                holder.rollback();
                held.forEach(TestLanes::result);
            }
        }

        @Test
        void forLongerThanARequestHasIsUnavailableAndNothingIsEverWritten() throws SQLException {
            try (TestLanes lanes = TestLanes.start(TestBounds.expiringAfter(Duration.ofMillis(500)))) {
                try (Connection holder = LogDatabase.lock(conversation)) {
                    appendEach(lanes, conversation, 5)
                            .forEach(answer ->
                                    assertThat(TestLanes.refusal(answer)).isEqualTo(ErrorCode.UNAVAILABLE));
                    holder.rollback();
                }
                await().atMost(LIMIT).until(() -> lanes.waiting() == 0);
                Draft after = draft(conversation, ann, "after");
                await().atMost(LIMIT)
                        .until(() -> lanes.append(after)
                                .handle((appended, refused) -> refused == null)
                                .join());
                assertThat(contents(conversation)).containsExactly("after");
                assertThat(lanes.count("xfchat.log.expired")).isGreaterThanOrEqualTo(5);
            }
        }
    }

    @Nested
    class AFullQueue {
        @Test
        void ofRequestsIsBusyAndStoresNothingOfIt() throws SQLException {
            try (TestLanes lanes = TestLanes.start(TestBounds.holding(10, 1))) {
                refusesAllBut(10, lanes, "text");
            }
        }

        @Test
        void ofTextIsBusyAndStoresNothingOfIt() throws SQLException {
            try (TestLanes lanes = TestLanes.start(TestBounds.holding(100, 1))) {
                refusesAllBut(6, lanes, "x".repeat(150_000));
            }
        }

        /** However far the lane has come with what it took. */
        private void refusesAllBut(int room, TestLanes lanes, String content) throws SQLException {
            List<CompletableFuture<Log.Appended>> answers;
            try (Connection holder = LogDatabase.lock(conversation)) {
                answers = IntStream.range(0, 100)
                        .mapToObj(i -> lanes.append(draft(conversation, ann, content)))
                        .toList();
                answers.subList(room, answers.size())
                        .forEach(answer -> assertThat(TestLanes.refusal(answer)).isEqualTo(ErrorCode.BUSY));
                holder.rollback();
            }
            answers.subList(0, room).forEach(TestLanes::result);
            assertThat(contents(conversation)).hasSize(room);
        }
    }

    @Nested
    class ALostConnection {
        @Test
        void thatWasIdleIsNotNoticed() {
            try (TestLanes lanes = TestLanes.start()) {
                lanes.appended(draft(conversation, ann, "one"));
                LogDatabase.column("select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                        + " 'lane of a test' and datname = current_database()");
                lanes.appended(draft(conversation, ann, "two"));
            }
            assertThat(contents(conversation)).containsExactly("one", "two");
        }

        @Test
        void afterItsCommitIsStoredOnceAcknowledgedAndAnnounced() throws IOException {
            try (Proxy proxy = new Proxy(LogDatabase.port());
                    TestLanes lanes = TestLanes.start(TestBounds.STANDARD, LogDatabase.target(proxy.port()))) {
                proxy.loseNextCommit();
                Draft draft = draft(conversation, ann, "hello");
                assertThat(lanes.appended(draft).version()).isEqualTo(draft.id().toString());
                assertThat(proxy.hasLost()).isTrue();
                assertThat(contents(conversation)).containsExactly("hello");
                await().atMost(LIMIT).until(() -> !lanes.announced.isEmpty());
                assertThat(lanes.announced).containsExactly(new Committed(conversation, 1, List.of()));
            }
        }

        @Test
        void forGoodIsUnavailableAtOnceForEverybody() throws IOException {
            Proxy proxy = new Proxy(LogDatabase.port());
            try (TestLanes lanes = TestLanes.start(TestBounds.STANDARD, LogDatabase.target(proxy.port()))) {
                lanes.appended(draft(conversation, ann, "before"));
                proxy.close();
                appendEach(lanes, conversation, 20)
                        .forEach(answer -> assertThat(TestLanes.refusal(answer)).isEqualTo(ErrorCode.UNAVAILABLE));
                // At once, not when the time was up that each may wait.
                assertThat(lanes.count("xfchat.log.expired")).isZero();
                assertThat(lanes.count("xfchat.log.failed.batches")).isPositive();
            }
        }
    }

    @Nested
    class TheEnd {
        @Test
        void comesAfterWhatWaitsIsWritten() {
            TestLanes lanes = TestLanes.start();
            List<CompletableFuture<Log.Appended>> answers = appendEach(lanes, conversation, 500);
            lanes.stop();
            assertThat(answers).allMatch(CompletableFuture::isDone);
            answers.forEach(TestLanes::result);
            assertThat(contents(conversation)).hasSize(500);
            assertThat(lanes.refused(draft(conversation, ann, "late"))).isEqualTo(ErrorCode.UNAVAILABLE);
            lanes.stop();
        }

        @Test
        void doesNotWaitForeverForSomebodyElsesLock() throws SQLException {
            TestLanes lanes = TestLanes.start(TestBounds.drainingFor(Duration.ofMillis(300)));
            try (Connection holder = LogDatabase.lock(conversation)) {
                List<CompletableFuture<Log.Appended>> answers = appendEach(lanes, conversation, 3);
                lanes.stop();
                answers.forEach(answer -> assertThat(TestLanes.refusal(answer)).isEqualTo(ErrorCode.UNAVAILABLE));
                holder.rollback();
            }
            assertThat(contents(conversation)).isEmpty();
        }
    }

    @Test
    void maintenanceRefuses() {
        try (TestLanes lanes = TestLanes.readOnly()) {
            assertThat(lanes.refused(draft(conversation, ann, "hello"))).isEqualTo(ErrorCode.READ_ONLY);
        }
    }

    @Test
    void throughPgBouncerTheOptionsAreSetInEachTransaction() {
        LaneWriter.Target direct = LogDatabase.target(LogDatabase.port());
        LaneWriter.Target target = Lanes.target(
                true,
                new SmallRyeConfigBuilder()
                        .withDefaultValue("database-url.lane.jdbc", direct.url())
                        .withDefaultValue(
                                "database-url.username", direct.login().getProperty("user"))
                        .withDefaultValue(
                                "database-url.password", direct.login().getProperty("password"))
                        .build());
        assertThat(target.preamble())
                .containsExactly(
                        "set local enable_seqscan = off",
                        "set local lock_timeout = 250",
                        "set local plan_cache_mode = force_generic_plan",
                        "set local statement_timeout = 7000");
        try (TestLanes lanes = TestLanes.start(TestBounds.STANDARD, target)) {
            lanes.appended(draft(conversation, ann, "hello"));
        }
        assertThat(contents(conversation)).containsExactly("hello");
    }
}
