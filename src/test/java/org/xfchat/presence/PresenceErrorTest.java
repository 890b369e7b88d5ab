package org.xfchat.presence;

import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Rows.number;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xfchat.stream.StreamClosed;
import org.xfchat.stream.StreamOpened;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Whatever an error stops, the next beat does. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PresenceErrorTest {
    @Inject
    Event<Object> events;

    @Inject
    Announcements announcements;

    @Inject
    MeterRegistry meters;

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private static boolean isOnline(Person person) {
        return number("select count(*) from presence where user_id = ?", person.id()) > 0;
    }

    private double survived() {
        return meters.counter("xfchat.failure.survived", "where", "presence").count();
    }

    @ParameterizedTest
    @EnumSource
    void presenceIsTrueAfterwards(FaultyRows.Writing writing) {
        Person ann = Person.signUp();
        double before = survived();
        FaultyRows.failOnce(writing);
        events.fire(new StreamOpened(ann.id()));
        patiently().until(() -> isOnline(ann));
        events.fire(new StreamClosed(ann.id()));
        patiently().until(() -> !isOnline(ann));
        patiently().until(FaultyRows::hasFailed);
        patiently().until(() -> survived() == before + 1);
        patiently()
                .until(() -> announcements.of(ann.id()).stream()
                        .map(PresenceChanged::online)
                        .toList()
                        .equals(List.of(true, false)));
    }
}
