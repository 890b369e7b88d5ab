package org.xfchat.stream;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xfchat.auth.Caller;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Unconnected;

/** The thread that watches all streams goes on whatever one of them throws at it, and so does that stream. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WatchErrorTest {
    private static final String BEAT = "beat\n";
    private static final ResponseHead HEAD =
            new ResponseHead("sse", 200, Map.of(), "hello\n", BEAT, Duration.ofMillis(100));
    private static final Source SILENT = new Source() {
        @Override
        public void opened(Stream stream) {}

        @Override
        public void writable() {}

        @Override
        public void closed() {}
    };

    @Inject
    Streams streams;

    @Inject
    MeterRegistry meters;

    @Inject
    Vertx vertx;

    private final List<Unconnected> clients = new ArrayList<>();

    @AfterEach
    void leave() {
        clients.forEach(Unconnected::leave);
    }

    private Unconnected open() {
        Unconnected opened = new Unconnected(vertx);
        clients.add(opened);
        Caller caller = new Caller(
                Person.signUp().id(),
                "nobody",
                "nobody@example.org",
                Instant.now().plusSeconds(600));
        streams.open(opened.http(), caller, HEAD, SILENT);
        patiently().until(() -> opened.text().contains(BEAT));
        return opened;
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private static void beats(Unconnected client) {
        int before = client.text().length();
        patiently().until(() -> client.text().length() > before);
    }

    private double survived() {
        return meters.counter("xfchat.failure.survived", "where", "streams").count();
    }

    private void survives(Consumer<Unconnected> fault) {
        Unconnected client = open();
        Unconnected other = open();
        double before = survived();
        fault.accept(client);
        patiently().until(client::hasFailed);
        patiently().until(() -> survived() == before + 1);
        beats(client);
        beats(other);
    }

    @Test
    void anErrorOfALookAtTheSocket() {
        survives(failing -> failing.failNextLook(new StackOverflowError("asked for by a test")));
    }

    /** The heartbeat is its only task. */
    @Test
    void anErrorOfAnEventLoop() {
        survives(failing -> failing.failNextTask(new OutOfMemoryError("asked for by a test")));
    }
}
