package org.xfchat.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.TestServer;

class SignalsTest extends WithReplicas {
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Signals.Rhythm STANDARD = Signals.Rhythm.STANDARD;

    private Replica replica() {
        return replica(true, STANDARD);
    }

    private static Signals.Rhythm polling(Duration every) {
        return new Signals.Rhythm(every, STANDARD.pingEvery(), STANDARD.pingTimeout());
    }

    @Test
    void isHeardHereAndElsewhere() {
        Replica one = replica();
        Replica other = replica();
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        Mailbox there = new Mailbox(other.signals(), "news", Duration.ZERO);
        Mailbox otherTopic = new Mailbox(other.signals(), "newspaper", Duration.ZERO);
        start(one);
        start(other);
        assertThat(one.signals().replica()).isNotEqualTo(other.signals().replica());
        here.say("a", "b c", "ü\n");
        patiently().until(() -> here.in.size() == 3 && there.in.size() == 3);
        assertThat(here.in).containsExactly("a", "b c", "ü\n");
        assertThat(there.in).containsExactly("a", "b c", "ü\n");
        assertThat(otherTopic.in).isEmpty();
        patiently().until(() -> one.metric("xfchat.signal.sent") == 3);
        assertThat(other.metric("xfchat.signal.heard")).isEqualTo(3);
        assertThat(other.metric("xfchat.signal.listening")).isEqualTo(1);
        assertThat(one.metric("xfchat.signal.reconnects")).isZero();
    }

    @Test
    void isSaidOnceTheSignalsStart() {
        Replica one = replica();
        Replica other = replica();
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        Mailbox there = new Mailbox(other.signals(), "news", Duration.ZERO);
        here.say("before");
        start(other);
        assertThat(there.in).isEmpty();
        one.signals().start();
        one.signals().start();
        patiently().until(() -> there.in.contains("before"));
    }

    @Test
    void whatIsLeftIsSaidAtTheEnd() {
        Replica one = replica();
        Replica other = replica();
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ofHours(1));
        Mailbox there = new Mailbox(other.signals(), "news", Duration.ZERO);
        start(one);
        start(other);
        here.say("last");
        assertThat(there.in).isEmpty();
        one.signals().stop();
        one.signals().stop();
        patiently().until(() -> there.in.contains("last"));
        assertThat(one.signals().isListening()).isFalse();
    }

    @Test
    void changesAreSaidTogether() {
        Replica one = replica();
        AtomicInteger drains = new AtomicInteger();
        AtomicInteger heard = new AtomicInteger();
        Signals.Topic topic = one.signals()
                .topic(
                        "count",
                        Duration.ofMillis(500),
                        () -> List.of(String.valueOf(drains.incrementAndGet())),
                        text -> heard.incrementAndGet());
        start(one);
        for (int i = 0; i < 1000; i++) {
            topic.changed();
        }
        patiently().until(() -> heard.get() > 0);
        assertThat(drains.get()).isEqualTo(1);
        topic.changed();
        patiently().until(() -> heard.get() == 2);
    }

    @Test
    void tooLongTextsAreDroppedAndTheOthersSaid() {
        Replica one = replica();
        Mailbox here = new Mailbox(one.signals(), "a".repeat(30), Duration.ZERO);
        start(one);
        String longest = "ü".repeat(Signals.MAX_TEXT / 2);
        here.say(longest + "x", longest);
        patiently().until(() -> !here.in.isEmpty());
        assertThat(here.in).containsExactly(longest);
        assertThat(one.metric("xfchat.signal.failed")).isEqualTo(1);
    }

    @Test
    void aTopicHasANameOfItsOwn() {
        Signals signals = replica().signals();
        signals.topic("news", Duration.ZERO, List::of, text -> {});
        for (String name : new String[] {"news", "ping", "", "a b", "A"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signals.topic(name, Duration.ZERO, List::of, text -> {}));
        }
    }

    @Test
    void bugsOfATopicHarmNobodyElse() {
        Replica one = replica(true, polling(QUICK));
        Signals.Topic broken = one.signals()
                .topic(
                        "broken",
                        Duration.ZERO,
                        () -> {
                            throw new IllegalStateException("drain");
                        },
                        text -> {});
        one.signals().topic("deaf", Duration.ZERO, List::of, text -> {
            throw new IllegalStateException("hear");
        });
        one.signals().onPoll(() -> {
            throw new IllegalStateException("poll");
        });
        AtomicInteger polls = new AtomicInteger();
        one.signals().onPoll(polls::incrementAndGet);
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        start(one);
        broken.changed();
        execute("select pg_notify('xfchat', 'deaf x'), pg_notify('xfchat', 'nobody x'), pg_notify('xfchat', '')");
        here.say("a");
        patiently().until(() -> here.in.contains("a"));
        patiently().until(() -> polls.get() > 3);
    }

    @Test
    void comesBackAndPollsAtOnceAfterItsBackendWasTerminated() {
        Replica one = replica(true, polling(NEVER));
        AtomicInteger polls = new AtomicInteger();
        one.signals().onPoll(polls::incrementAndGet);
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        start(one);
        // Once when the thread began, once when the listener listened; the two may be one.
        patiently().until(() -> polls.get() >= 1);
        int before = polls.get();
        terminateListener();
        patiently().until(() -> one.metric("xfchat.signal.reconnects") >= 1);
        patiently().until(one.signals()::isListening);
        patiently().until(() -> polls.get() > before);
        here.say("again");
        patiently().until(() -> here.in.contains("again"));
    }

    @Test
    void aPingThatIsNotHeardEndsTheConnection() {
        Replica one = replica(true, new Signals.Rhythm(SECOND, QUICK, QUICK));
        start(one);
        // A server whose notifications lead nowhere, as a pooler's do that lends the connection to others.
        execute("create schema deaf");
        execute("create function deaf.pg_notify(text, text) returns void language sql as 'select'");
        execute("do $$ begin execute format('alter database %I set search_path = deaf, pg_catalog',"
                + " current_database()); end $$");
        terminateListener();
        patiently().until(() -> one.metric("xfchat.signal.reconnects") >= 3);
        assertThat(one.signals().isListening()).isFalse();
        execute("drop schema deaf cascade");
        patiently().until(one.signals()::isListening);
    }

    @Test
    void aFrozenServerIsNoticed() throws SQLException {
        try (OwnServer server = OwnServer.start();
                Replica one = new Replica(server.url("postgres"), true, new Signals.Rhythm(SECOND, QUICK, SECOND))) {
            start(one);
            server.freeze();
            try {
                patiently().until(() -> !one.signals().isListening());
            } finally {
                server.thaw();
            }
            patiently().until(one.signals()::isListening);
        }
    }

    @Test
    void whatCannotBeSentIsCountedAndLost() throws SQLException {
        Replica one = replica();
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        start(one);
        String database = url.replaceFirst(".*/", "");
        try (Connection connection = TestServer.connect(TestServer.url());
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + database + " allow_connections false");
            here.say("lost", "too");
            patiently().until(() -> one.metric("xfchat.signal.failed") == 2);
            statement.execute("alter database " + database + " allow_connections true");
        }
        here.say("kept");
        patiently().until(() -> here.in.contains("kept"));
        assertThat(here.in).containsExactly("kept");
    }

    @Test
    void worksWhereTransactionsMayOnlyRead() {
        execute("do $$ begin execute format('alter database %I set default_transaction_read_only = on',"
                + " current_database()); end $$");
        Replica one = replica();
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        start(one);
        here.say("maintenance");
        patiently().until(() -> here.in.contains("maintenance"));
    }

    @Test
    void whereNobodyListensThereIsThePollAlone() {
        Replica one = replica(false, polling(QUICK));
        Replica other = replica();
        AtomicInteger polls = new AtomicInteger();
        one.signals().onPoll(polls::incrementAndGet);
        Mailbox here = new Mailbox(one.signals(), "news", Duration.ZERO);
        Mailbox there = new Mailbox(other.signals(), "news", Duration.ZERO);
        start(other);
        one.signals().start();
        here.say("drained and not sent");
        patiently().until(() -> here.out.isEmpty() && polls.get() > 2);
        execute("select pg_notify('xfchat', 'news from elsewhere')");
        patiently().until(() -> !there.in.isEmpty());
        assertThat(there.in).containsExactly("from elsewhere");
        assertThat(here.in).isEmpty();
        assertThat(one.signals().isListening()).isFalse();
    }
}
