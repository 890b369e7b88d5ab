package org.xfchat.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Rows.change;
import static org.xfchat.testing.Rows.number;
import static org.xfchat.testing.Rows.text;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.signal.Signals;
import org.xfchat.stream.StreamClosed;
import org.xfchat.stream.StreamOpened;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Other replicas are rows here; {@code packaged.RealtimeIT} has real ones. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PresenceTest {
    @Inject
    Event<Object> events;

    @Inject
    Announcements announcements;

    @Inject
    Signals signals;

    private Person ann;
    private Person bob;

    @BeforeEach
    void meet() {
        ann = Person.signUp();
        bob = Person.signUp();
        ann.befriend(bob);
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private void open(Person person) {
        events.fire(new StreamOpened(person.id()));
    }

    private void close(Person person) {
        events.fire(new StreamClosed(person.id()));
    }

    private List<Boolean> announced(Person person) {
        return announcements.of(person.id()).stream()
                .map(PresenceChanged::online)
                .toList();
    }

    private static Map<String, Object> contact(Person viewer) {
        return viewer.request()
                .get("/api/contacts")
                .then()
                .statusCode(200)
                .extract()
                .path("contacts[0]");
    }

    private static boolean sees(Person viewer) {
        return Boolean.TRUE.equals(contact(viewer).get("is_online"));
    }

    private static UUID otherReplica(Person person, String leaseUntil) {
        UUID replica = UUID.randomUUID();
        change("insert into replicas (id, lease_until) values (?, " + leaseUntil + ")", replica);
        change("insert into presence (user_id, replica_id) values (?, ?)", person.id(), replica);
        return replica;
    }

    @Test
    void contactsSeeWhoHasAStream() {
        assertThat(sees(bob)).isFalse();
        open(ann);
        patiently().until(() -> sees(bob));
        assertThat(sees(ann)).isFalse();
        patiently().until(() -> announced(ann).equals(List.of(true)));
        assertThat(announced(bob)).isEmpty();
        close(ann);
    }

    @Test
    void theEndOfTheLastStreamIsSeenAfterTheGrace() {
        open(ann);
        open(ann);
        patiently().until(() -> announced(ann).equals(List.of(true)));
        close(ann);
        Instant before = Instant.parse((String) contact(bob).get("last_seen"));
        assertThat(sees(bob)).isTrue();
        close(ann);
        Instant closed = Instant.now();
        patiently().until(() -> announced(ann).equals(List.of(true, false)));
        assertThat(sees(bob)).isFalse();
        Instant seen = Instant.parse((String) contact(bob).get("last_seen"));
        assertThat(seen).isAfter(before).isCloseTo(closed, within(900, ChronoUnit.MILLIS));
        assertThat(announcements.of(ann.id()).get(1).lastSeen()).isEqualTo(seen);
        assertThat(number("select count(*) from presence where user_id = ?", ann.id()))
                .isZero();
    }

    @Test
    void aReconnectIsNoAbsence() {
        open(ann);
        open(bob);
        patiently().until(() -> sees(bob) && sees(ann));
        close(ann);
        open(ann);
        close(bob);
        patiently().until(() -> announced(bob).equals(List.of(true, false)));
        assertThat(announced(ann)).containsExactly(true);
        close(ann);
    }

    @Test
    void whoIsOnlineElsewhereNeitherComesNorGoes() {
        UUID elsewhere = otherReplica(ann, "now() + interval '1 hour'");
        assertThat(sees(bob)).isTrue();
        open(ann);
        patiently().until(() -> number("select count(*) from presence where user_id = ?", ann.id()) == 2);
        close(ann);
        patiently().until(() -> number("select count(*) from presence where user_id = ?", ann.id()) == 1);
        assertThat(sees(bob)).isTrue();
        assertThat(announced(ann)).isEmpty();
        change("update replicas set lease_until = now() where id = ?", elsewhere);
        patiently().until(() -> announced(ann).equals(List.of(false)));
        assertThat(sees(bob)).isFalse();
    }

    @Test
    void aReplicaWhoseLeaseRanOutTakesItsUsersWithIt() {
        UUID dead = otherReplica(ann, "now() - interval '5 seconds'");
        Instant lease = Instant.parse(text(
                "select to_char(lease_until at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                        + " from replicas where id = ?",
                dead));
        assertThat(sees(bob)).isFalse();
        patiently().until(() -> announced(ann).equals(List.of(false)));
        assertThat(announcements.of(ann.id()).get(0).lastSeen()).isEqualTo(lease);
        assertThat(number("select count(*) from replicas where id = ?", dead)).isZero();
        assertThat(number("select count(*) from presence where replica_id = ?", dead))
                .isZero();
    }

    @Test
    void whoIsHereOutlivesADeadReplica() {
        open(ann);
        patiently().until(() -> announced(ann).equals(List.of(true)));
        UUID dead = otherReplica(ann, "now() - interval '5 seconds'");
        patiently().until(() -> number("select count(*) from replicas where id = ?", dead) == 0);
        assertThat(sees(bob)).isTrue();
        assertThat(announced(ann)).containsExactly(true);
        close(ann);
    }

    @Test
    void aReplicaThatWasTakenForDeadComesBack() {
        open(ann);
        patiently().until(() -> sees(bob));
        change("delete from presence where replica_id = ?", signals.replica());
        change("delete from replicas where id = ?", signals.replica());
        patiently().until(() -> sees(bob));
        patiently().until(() -> announced(ann).equals(List.of(true, true)));
        close(ann);
    }

    @Test
    void aDeletedAccountIsNowhere() {
        open(ann);
        patiently().until(() -> sees(bob));
        ann.request()
                .body(Map.of("password", ann.password()))
                .delete("/api/auth/me")
                .then()
                .statusCode(204);
        assertThat(number("select count(*) from presence where user_id = ?", ann.id()))
                .isZero();
        // Its streams are still open, or just opening.
        open(ann);
        open(bob);
        patiently().until(() -> announced(bob).equals(List.of(true)));
        assertThat(number("select count(*) from presence where user_id = ?", ann.id()))
                .isZero();
        close(ann);
        close(ann);
        close(bob);
        patiently().until(() -> announced(bob).equals(List.of(true, false)));
        assertThat(announced(ann)).containsExactly(true);
    }
}
