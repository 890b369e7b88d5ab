package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.xfchat.auth.Caller;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.Streams;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Unconnected;

/** An event that one subscriber's event loop does not take is told to the others, and to that one with the next. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class DeliveryErrorTest {
    private static final ResponseHead HEAD =
            new ResponseHead("realtime", 200, Map.of(), "hello\n", "\n", Duration.ofMinutes(1));

    @Inject
    Subscribers subscribers;

    @Inject
    Streams streams;

    @Inject
    EventJson json;

    @Inject
    MeterRegistry meters;

    @Inject
    Vertx vertx;

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private Unconnected open(UUID user) {
        Unconnected client = new Unconnected(vertx);
        Caller caller =
                new Caller(user, "nobody", "nobody@example.org", Instant.now().plusSeconds(600));
        streams.open(client.http(), caller, HEAD, subscribers.add(user, Set.of()));
        tell(user, "opened");
        patiently().until(() -> client.text().contains("opened"));
        return client;
    }

    private void tell(UUID user, String text) {
        subscribers.deliver(List.of(user), json.event("typing", text));
    }

    @Test
    void isSurvivedByAllConcerned() {
        // Somebody who lives: the streams of others are cut.
        UUID user = Person.signUp().id();
        Unconnected failing = open(user);
        Unconnected other = open(user);
        double before =
                meters.counter("xfchat.failure.survived", "where", "event").count();
        failing.failNextTask(new OutOfMemoryError("asked for by a test"));
        AtomicInteger told = new AtomicInteger();
        // Whoever is being written to already is given no task.
        patiently().until(() -> {
            tell(user, "number " + told.incrementAndGet() + ".");
            return failing.hasFailed();
        });
        String last = "number " + told.get() + ".";
        patiently().until(() -> other.text().contains(last));
        assertThat(meters.counter("xfchat.failure.survived", "where", "event").count())
                .isEqualTo(before + 1);
        tell(user, "afterwards");
        patiently().until(() -> failing.text().contains("afterwards"));
        assertThat(failing.text()).contains(last);
        failing.leave();
        other.leave();
    }
}
