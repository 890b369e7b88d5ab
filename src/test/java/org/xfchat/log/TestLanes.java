package org.xfchat.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xfchat.database.DatabaseUrl;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/** The lanes of one replica, and what they announced. */
final class TestLanes implements AutoCloseable {
    private static final int SECONDS = 60;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    /** A message with such an attribute cannot be written, because of an error. */
    static final String FAULT = "fault";

    private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
    final List<Committed> announced = new CopyOnWriteArrayList<>();
    private final Lanes lanes;

    private TestLanes(LaneBounds bounds, boolean readOnly, LaneWriter.Target target) {
        lanes = new Lanes(bounds, readOnly, target, new FaultyMapper(), meters, this::announce);
    }

    /** Writes attributes, but for those that a test has made to fail. */
    private static final class FaultyMapper extends ObjectMapper {
        private static final long serialVersionUID = 1;

        @Override
        public String writeValueAsString(Object value) throws JsonProcessingException {
            if (value instanceof Map<?, ?> attributes && attributes.containsKey(FAULT)) {
                throw new StackOverflowError("asked for by a test");
            }
            return super.writeValueAsString(value);
        }
    }

    private void announce(Committed committed) {
        announced.add(committed);
        if (failing.remove(committed.conversation())) {
            throw new NoClassDefFoundError("asked for by a test");
        }
    }

    /** Lets the next announcement of this conversation fail. */
    void failOnce(UUID conversation) {
        failing.add(conversation);
    }

    static TestLanes start() {
        return start(TestBounds.STANDARD);
    }

    static TestLanes start(LaneBounds bounds) {
        return start(bounds, LogDatabase.target(LogDatabase.port()));
    }

    static TestLanes start(LaneBounds bounds, LaneWriter.Target target) {
        TestLanes started = new TestLanes(bounds, false, target);
        started.lanes.start();
        return started;
    }

    /** A database by its URL, as the service's own lanes connect to it. */
    static LaneWriter.Target target(String databaseUrl) {
        try {
            DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
            Properties login = new Properties();
            login.setProperty("user", url.user());
            login.setProperty("password", String.valueOf(url.password()));
            return new LaneWriter.Target(
                    url.jdbc(Map.of(
                            "ApplicationName",
                            "lane of a test",
                            "socketTimeout",
                            "8",
                            "connectTimeout",
                            "5",
                            "loginTimeout",
                            "5",
                            "options",
                            "-c statement_timeout=7000 -c lock_timeout=50 -c plan_cache_mode=force_generic_plan"
                                    + " -c enable_seqscan=off")),
                    login,
                    List.of());
        } catch (DatabaseUrl.MalformedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static TestLanes readOnly() {
        return new TestLanes(TestBounds.STANDARD, true, LogDatabase.target(LogDatabase.port()));
    }

    CompletableFuture<Log.Appended> append(Draft draft) {
        return lanes.append(draft);
    }

    /** Appends and waits; fails the test when it is refused. */
    Log.Appended appended(Draft draft) {
        return result(append(draft));
    }

    /** Appends and waits for the refusal. */
    ErrorCode refused(Draft draft) {
        return refusal(append(draft));
    }

    static Log.Appended result(CompletableFuture<Log.Appended> answer) {
        try {
            return answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw new AssertionError(refused.getCause());
        } catch (TimeoutException unanswered) {
            throw new AssertionError(unanswered);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    static ErrorCode refusal(CompletableFuture<Log.Appended> answer) {
        Throwable thrown = answer.handle((appended, refused) -> refused)
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .join();
        assertThat(thrown).isInstanceOf(ApiException.class);
        return ((ApiException) thrown).code();
    }

    double count(String meter) {
        return meters.get(meter).counter().count();
    }

    double waiting() {
        return meters.get("xfchat.log.queue").gauge().value();
    }

    /** The ids of what was announced of a conversation, in that order. */
    List<UUID> announced(UUID conversation) {
        return announced.stream()
                .filter(event -> event.conversation().equals(conversation))
                .flatMap(event -> event.entries().stream())
                .map(Entry::id)
                .toList();
    }

    void stop() {
        lanes.stop();
    }

    @Override
    public void close() {
        stop();
    }
}
