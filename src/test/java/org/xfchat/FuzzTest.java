package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.OpenApiCheck;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/**
 * Every documented operation, asked in every way that a generator thinks of: each answer comes in time, is one that is
 * documented, and says nothing of the inside.
 *
 * <p>{@code -Dfuzz.tries=5000} for many, {@code -Dfuzz.seed=} for the same again.
 */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class FuzzTest {
    private static final int TRIES = Integer.getInteger("fuzz.tries", 300);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int GENERATED = 1_000;
    private static final int MOST_SHRINKS = 300;

    /** The service's own deadline, and some seconds of a busy machine. */
    private static final Duration IN_TIME = Duration.ofSeconds(60);

    /** A password is hashed, or a refusal held back, for half a second. */
    private static final Set<String> SLOW =
            Set.of("POST /api/auth/login", "POST /api/auth/signup", "DELETE /api/auth/me");

    private static final int SLOWER = 20;

    /** Of the HTTP layer, a little less than its limits of 4096 and 16384 bytes. */
    private static final int LONGEST_LINE = 4_000;

    private static final int LARGEST_HEAD = 16_000;

    /** What a refusal has no business to say. */
    private static final Pattern INSIDE = Pattern.compile(
            "(?i)\\.java:\\d|\\bat [a-z]+\\.[a-z.]+\\(|[a-z]exception\\b|\\b(org|com|io|java|jakarta)\\.[a-z]+\\."
                    + "|\\bselect\\b.+\\bfrom\\b|\\binsert into\\b|constraint|postgres|hibernate|jackson|vert\\.x");

    /** These have what the client sent on purpose; the document says in which form. */
    private static final Set<String> ECHOES = Set.of("version", "current-version", "x-request-id");

    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
                errors.add(line.getLoggerName() + ": " + line.getMessage() + " " + line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Person person;
    private Hostile hostile;

    static Stream<String> operations() {
        return OpenApiDocument.COMMITTED.operations().stream().map(FuzzTest::name);
    }

    private static String name(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    @BeforeEach
    void arrive() {
        person = Person.signUp();
        Person friend = Person.signUp();
        Person stranger = Person.signUp();
        UUID conversation = person.befriend(friend);
        UUID message = person.say(conversation, "first");
        UUID elsewhere = stranger.befriend(Person.signUp());
        String request = Person.signUp().ask(person).then().extract().path("request_id");
        String expired = Jwt.signed(
                TestDatabase.JWT_SECRET, Jwt.claims(person.id(), Instant.now().minus(Duration.ofDays(1))));
        String foreign = Jwt.signed(
                "somebody else's secret, long enough",
                Jwt.claims(person.id(), Instant.now().plus(Duration.ofDays(1))));
        hostile = new Hostile(new Hostile.World(
                Stream.of(conversation, message, elsewhere, person.id(), friend.id(), UUID.fromString(request))
                        .map(UUID::toString)
                        .toList(),
                List.of(person.token(), person.token(), friend.token(), stranger.token(), expired, foreign),
                List.of(person.password())));
        Logger.getLogger("").addHandler(listener);
    }

    @AfterEach
    void stillAnswers() {
        Logger.getLogger("").removeHandler(listener);
        person.request().get("/api/auth/me").then().statusCode(200);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void isAnsweredAsDocumented(String name, TestReporter reporter) {
        Operation operation = OpenApiDocument.COMMITTED.operations().stream()
                .filter(candidate -> name(candidate).equals(name))
                .findFirst()
                .orElseThrow();
        int tries = SLOW.contains(name) ? Math.max(1, TRIES / SLOWER) : TRIES;
        reporter.publishEntry(Map.of("seed", String.valueOf(SEED), "tries", String.valueOf(tries)));
        JqwikSession.run(() -> {
            RandomGenerator<Request> requests = hostile.requests(operation).generator(GENERATED, true);
            Random random = new Random(SEED);
            for (int i = 0; i < tries; i++) {
                Shrinkable<Request> request = requests.next(random);
                Optional<AssertionError> fault = fault(request.value());
                if (fault.isPresent()) {
                    throw smallest(request, fault.get());
                }
            }
        });
    }

    /** The smallest request that is found to be answered wrongly as well. */
    private AssertionError smallest(Shrinkable<Request> found, AssertionError fault) {
        Shrinkable<Request> smallest = found;
        AssertionError reason = fault;
        int left = MOST_SHRINKS;
        boolean smaller = true;
        while (smaller && left > 0) {
            smaller = false;
            List<Shrinkable<Request>> candidates = smallest.shrink()
                    .limit(left)
                    .sorted(Comparator.comparing(Shrinkable::distance))
                    .toList();
            for (Shrinkable<Request> candidate : candidates) {
                left--;
                Optional<AssertionError> same = fault(candidate.value());
                if (same.isPresent()) {
                    smallest = candidate;
                    reason = same.get();
                    smaller = true;
                    break;
                }
                if (left == 0) {
                    break;
                }
            }
        }
        return new AssertionError(
                "seed " + SEED + ": " + abbreviated(smallest.value().toString()), reason);
    }

    private static String abbreviated(String text) {
        return text.length() <= 1_500 ? text : text.substring(0, 1_500) + "...";
    }

    private Optional<AssertionError> fault(Request request) {
        errors.clear();
        try (HttpStream answer = HttpStream.open(RestAssured.port, request)) {
            long started = System.nanoTime();
            int status = answer.status();
            if (status == 0 && isTooLong(request)) {
                return Optional.empty();
            }
            assertThat(status).as("status").isBetween(200, 499);
            if (!isStream(status, answer)) {
                assertThat(answer.awaitEnd(IN_TIME)).isEqualTo(End.CLEAN);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(IN_TIME);
            answer.check();
            String path = request.target().replaceFirst("\\?.*$", "");
            if (!isStream(status, answer)) {
                OpenApiCheck.hold(
                        request.method(), path, new OpenApiCheck.Answer(status, answer.text(), answer.headers()));
            }
            if (status >= 400) {
                assertThat(answer.text()).doesNotContainPattern(INSIDE).doesNotContain(Hostile.MARK);
            }
            answer.headers()
                    .forEach((header, value) -> assertThat(ECHOES.contains(header) ? "" : header + ": " + value)
                            .doesNotContain(Hostile.MARK));
            assertThat(errors).as("lines of the log").isEmpty();
            return Optional.empty();
        } catch (AssertionError wrong) {
            return Optional.of(wrong);
        }
    }

    /**
     * Whether the HTTP layer refuses it unread: what the client goes on to send can then make its own kernel throw the
     * answer away (RFC 9112 section 9.6).
     */
    private static boolean isTooLong(Request request) {
        int headers = request.headers().entrySet().stream()
                .mapToInt(header -> header.getKey().length() + header.getValue().length() + 4)
                .sum();
        return request.target().length() > LONGEST_LINE || headers > LARGEST_HEAD;
    }

    /** One that goes on, or whose form is not the document's business. */
    private static boolean isStream(int status, HttpStream answer) {
        return status == 209 || Objects.equals(answer.header("content-type").orElse(""), "text/event-stream");
    }
}
