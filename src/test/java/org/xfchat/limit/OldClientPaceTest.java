package org.xfchat.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Friends;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/**
 * The old client when a message of its queue is refused: it sends it again with every frame, each time under a new id, for
 * ever, and looks for friends and conversations several times a second (contract 2.5).
 */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class OldClientPaceTest {
    private static final int FRAMES_PER_SECOND = 60;
    private static final int LOOKS_PER_SECOND = 5;

    /** As {@link Limits} has it. */
    private static final int BURST = 40;

    private static final int PER_SECOND = 20;
    private static final Duration WAIT = Duration.ofSeconds(1);

    /** Nothing takes that long; only a defect does. */
    private static final Duration HANG = Duration.ofMinutes(2);

    /** One answer: what it was, when it was asked for and when it came. */
    private record Answer(int status, long asked, long came) {
        Duration took() {
            return Duration.ofNanos(came - asked);
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConcurrentLinkedQueue<Answer> sent = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Answer> looked = new ConcurrentLinkedQueue<>();

    private static HttpRequest.Builder request(Person person, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
                .header("Authorization", "Bearer " + person.token())
                .header("Content-Type", "application/json")
                .timeout(HANG);
    }

    private static HttpRequest put(Person person, UUID conversation) {
        return request(person, Person.messagePath(conversation, UUID.randomUUID()))
                .PUT(BodyPublishers.ofString("{\"content\":\"again and again\",\"message_type\":\"text\"}"))
                .build();
    }

    private void ask(HttpRequest request, ConcurrentLinkedQueue<Answer> answers) {
        long asked = System.nanoTime();
        var unused = http.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((answer, failed) ->
                        answers.add(new Answer(failed == null ? answer.statusCode() : 0, asked, System.nanoTime())));
    }

    private Answer now(HttpRequest request) {
        long asked = System.nanoTime();
        try {
            HttpResponse<String> answer =
                    http.sendAsync(request, BodyHandlers.ofString()).get();
            return new Answer(answer.statusCode(), asked, System.nanoTime());
        } catch (ExecutionException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void isSlowedDownAndNobodyElseNotices() throws InterruptedException {
        Friends friends = Friends.meet();
        Person old = friends.bob();
        // Not his: every message is refused, each time under another id.
        UUID elsewhere = Friends.meet().conversation();
        long start = System.nanoTime();
        ScheduledExecutorService frames = Executors.newScheduledThreadPool(2);
        try {
            var drawing = frames.scheduleAtFixedRate(
                    () -> ask(put(old, elsewhere), sent), 0, 1_000_000 / FRAMES_PER_SECOND, TimeUnit.MICROSECONDS);
            var looking = frames.scheduleAtFixedRate(
                    () -> {
                        ask(request(old, "/api/friends/requests").build(), looked);
                        ask(request(old, "/api/conversations").build(), looked);
                    },
                    0,
                    1000 / LOOKS_PER_SECOND,
                    TimeUnit.MILLISECONDS);
            await().atMost(HANG).until(() -> sent.stream().anyMatch(answer -> answer.status() == 429));
            for (int i = 0; i < 20; i++) {
                Answer other = now(put(friends.alice(), friends.conversation()));
                assertThat(other.status()).isEqualTo(200);
            }
            await().atMost(HANG).until(() -> looked.size() > 20 && answered(403) >= BURST + 2 * PER_SECOND);
            drawing.cancel(false);
            looking.cancel(false);
        } finally {
            frames.shutdown();
            assertThat(frames.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        long stopped = System.nanoTime();
        List<Answer> done = List.copyOf(sent);

        // Judged, which takes the database, are only as many as are allowed.
        long judged = answered(403);
        double seconds = (stopped - start) / 1e9;
        assertThat(judged).isBetween((long) BURST, (long) (BURST + PER_SECOND * (seconds + 1)));
        // And who is refused learns it late.
        List<Answer> refused =
                done.stream().filter(answer -> answer.status() == 429).toList();
        assertThat(refused)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.took()).isGreaterThanOrEqualTo(WAIT.minusMillis(50)));
        assertThat(done).extracting(Answer::status).containsOnly(403, 429);

        assertThat(looked).extracting(Answer::status).containsOnly(200);

        // Sensible again, it is served.
        await().atMost(HANG).until(() -> now(put(old, friends.conversation())).status() == 200);
    }

    private long answered(int status) {
        return sent.stream().filter(answer -> answer.status() == status).count();
    }

    /** As it waits for each answer before it sends again, it is as slow as the limit, and is not refused for it. */
    @Test
    void oneThatWaitsForEachAnswerGetsThemAllAtThePaceThatIsAllowed() {
        Friends friends = Friends.meet();
        UUID elsewhere = Friends.meet().conversation();
        long start = System.nanoTime();
        for (int i = 0; i < BURST + 2 * PER_SECOND; i++) {
            assertThat(now(put(friends.bob(), elsewhere)).status()).isEqualTo(403);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        // The first ones at once, and two seconds' worth.
        assertThat(took).isGreaterThan(Duration.ofMillis(1900));
    }

    /** What was sent while the request waited is there when its turn comes. */
    @Test
    void aLargeMessageThatWaitsIsStoredWhole() {
        Friends friends = Friends.meet();
        UUID elsewhere = Friends.meet().conversation();
        for (int i = 0; i < BURST; i++) {
            now(put(friends.bob(), elsewhere));
        }
        String text = "x".repeat(900_000);
        UUID id = UUID.randomUUID();
        for (int i = 0; i < 5; i++) {
            ask(put(friends.bob(), elsewhere), sent);
        }
        Answer stored = now(request(friends.bob(), Person.messagePath(friends.conversation(), id))
                .PUT(BodyPublishers.ofString("{\"content\":\"" + text + "\"}"))
                .build());
        assertThat(stored.status()).isEqualTo(200);
        friends.alice()
                .request()
                .get("/api/conversations/" + friends.conversation() + "/messages")
                .then()
                .statusCode(200)
                .body("messages[0].content", org.hamcrest.Matchers.equalTo(text))
                .body("messages[0].id", org.hamcrest.Matchers.equalTo(id.toString()));
    }
}
