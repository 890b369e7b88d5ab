package org.xfchat.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;

/** What other replicas tell, and readers who do not read. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class BroadcastTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    MeterRegistry metrics;

    @Inject
    Subscribers subscribers;

    @Inject
    EventJson json;

    private double dropped(String reason) {
        return metrics.get("xfchat.realtime.dropped")
                .tag("reason", reason)
                .counter()
                .count();
    }

    /** As another replica would. */
    private static void signal(String text) {
        Rows.text("select coalesce(pg_notify('xfchat', ?)::text, '')", "event " + text);
    }

    private static String event(UUID from, UUID to, String name) {
        return "{\"from\":\"" + from + "\",\"to\":[\"" + to + "\"],\"event\":{\"event_type\":{\"custom\":\"" + name
                + "\"},\"payload\":{\"text\":\"Grüße 👋\"}}}";
    }

    @Test
    void whatAnotherReplicaTellsReachesThoseConcerned() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        double malformed = dropped("malformed");
        try (Follower anns = Follower.open(RestAssured.port, ann.token(), "");
                Follower bobs = Follower.open(RestAssured.port, bob.token(), "")) {
            UUID elsewhere = UUID.randomUUID();
            signal(event(elsewhere, ann.id(), "greeting"));
            assertThat(anns.await("greeting").payload().path("text").asText()).isEqualTo("Grüße 👋");
            for (String nonsense : new String[] {
                "no JSON",
                "{\"to\":[\"nobody\"],\"event\":{\"event_type\":\"typing\"}}",
                event(elsewhere, ann.id(), "a\\ndata: b"),
                event(elsewhere, ann.id(), "")
            }) {
                signal(nonsense);
            }
            signal(event(elsewhere, bob.id(), "last"));
            bobs.await("last");
            assertThat(dropped("malformed") - malformed).isEqualTo(4);
            assertThat(anns.names()).containsExactly("greeting");
            assertThat(bobs.names()).containsExactly("last");
        }
    }

    @Test
    void whoDoesNotReadIsCutAndNobodyElse() {
        Person ann = Person.signUp();
        Person bob = Person.signUp();
        double slow = dropped("slow");
        try (Follower stalled = Follower.open(RestAssured.port, ann.token(), "");
                Follower reading = Follower.open(RestAssured.port, bob.token(), "")) {
            stalled.stream().pause();
            RealtimeEvent big = json.event("notification", Map.of("title", "t", "message", "x".repeat(100_000)));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                subscribers.deliver(List.of(ann.id()), big);
                return dropped("slow") > slow;
            });
            stalled.stream().resume();
            assertThat(stalled.stream().awaitEnd(PATIENCE)).isEqualTo(End.ABORTED);
            subscribers.deliver(List.of(ann.id(), bob.id()), json.event("notification", Map.of("title", "after")));
            assertThat(reading.await("notification").payload().path("title").asText())
                    .isEqualTo("after");
            assertThat(stalled.all("notification"))
                    .noneMatch(event -> event.payload().path("title").asText().equals("after"));
        }
        await().atMost(PATIENCE)
                .until(() -> metrics.get("xfchat.realtime.subscribers").gauge().value() == 0);
    }
}
