package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.OpenApiCheck;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.TestDatabase;

/** Every answer that the document has of an operation is one that the service gives: each is provoked. */
@QuarkusTest
@Tag("documents")
@QuarkusTestResource(TestDatabase.class)
class OpenApiAnswersTest {
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;
    private static final Duration IN_TIME = Duration.ofSeconds(60);
    private static final String LATE = "request_timeout";

    /** What somebody can do only once. */
    private static final Set<String> ONCE = Set.of("DELETE /api/auth/me", "POST /api/friends/respond");

    /** What is not provoked here, why, and who sees it. */
    private static final Map<String, Elsewhere> ELSEWHERE = Map.of(
            "too_many_requests", new Elsewhere("only to who asks for too much", "limit/SignUpLimitTest"),
            "internal", new Elsewhere("only for a defect", "error/ProblemTest"),
            "busy", new Elsewhere("only of an overloaded service", "auth/HashTurnsTest"),
            "read_only", new Elsewhere("only during maintenance", "packaged/SmokeIT"),
            "unavailable", new Elsewhere("only without a database", "packaged/LateSignUpIT"),
            "DOWN", new Elsewhere("only without a database", "packaged/SmokeIT"));

    /**
     * An answer that needs another service than this one.
     *
     * @param test its source, which names the answer
     */
    private record Elsewhere(String reason, String test) {
        Path source() {
            return Path.of("src", "test", "java", "org", "xfchat", test + ".java");
        }
    }

    static Stream<String> operations() {
        return DOCUMENT.operations().stream().map(OpenApiAnswersTest::name);
    }

    private static String name(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    /** By what it is: a code, or a status where there is none. */
    private static Map<String, Integer> documented(Operation operation) {
        Map<String, Integer> answers = new TreeMap<>();
        for (Map.Entry<String, JsonNode> response :
                operation.description().get("responses").properties()) {
            int status = Integer.parseInt(response.getKey());
            JsonNode content = DOCUMENT.resolve(response.getValue()).path("content");
            JsonNode codes = content.path("application/problem+json").path("examples");
            if (codes.isMissingNode()) {
                answers.put(response.getKey(), status);
            } else {
                codes.fieldNames().forEachRemaining(code -> answers.put(code, status));
                if (content.has("application/json")) {
                    answers.put("DOWN", status);
                }
            }
        }
        return answers;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void areGiven(String name) {
        Operation operation = DOCUMENT.operations().stream()
                .filter(candidate -> name(candidate).equals(name))
                .findFirst()
                .orElseThrow();
        Map<String, String> seen = new LinkedHashMap<>();
        Map<String, String> expected = new LinkedHashMap<>();
        boolean isForOnce = ONCE.contains(name);
        Provocations shared = new Provocations();
        documented(operation).forEach((answer, status) -> {
            if (!ELSEWHERE.containsKey(answer) && !answer.equals(LATE)) {
                expected.put(answer, status + " " + answer);
                HttpStream.Request request = (isForOnce ? new Provocations() : shared).request(operation, answer);
                try (HttpStream given = HttpStream.open(RestAssured.port, request)) {
                    seen.put(answer, held(request, given, answer));
                }
            }
        });
        assertThat(seen).isEqualTo(expected);
    }

    /** All at once, because each takes until the deadline. */
    @Test
    void includeThatABodyIsLate() {
        Map<HttpStream.Request, HttpStream> waiting = new LinkedHashMap<>();
        try {
            for (Operation operation : DOCUMENT.operations()) {
                if (documented(operation).containsKey(LATE)) {
                    HttpStream.Request request = new Provocations().request(operation, LATE);
                    waiting.put(request, HttpStream.open(RestAssured.port, request));
                }
            }
            assertThat(waiting).isNotEmpty();
            waiting.forEach(
                    (request, answer) -> assertThat(held(request, answer, LATE)).isEqualTo("408 " + LATE));
        } finally {
            waiting.values().forEach(HttpStream::close);
        }
    }

    /** Where it is as documented, status and code, or the status twice where there is none. */
    private static String held(HttpStream.Request request, HttpStream answer, String wanted) {
        int status = answer.status();
        boolean isStream =
                status == 209 || answer.header("content-type").orElse("").equals("text/event-stream");
        if (isStream) {
            return status + " " + status;
        }
        assertThat(answer.awaitEnd(IN_TIME)).as(wanted).isEqualTo(End.CLEAN);
        String path = request.target().replaceFirst("\\?.*$", "");
        OpenApiCheck.hold(request.method(), path, new OpenApiCheck.Answer(status, answer.text(), answer.headers()));
        boolean isProblem = answer.header("content-type").orElse("").equals("application/problem+json");
        return status + " " + (isProblem ? code(answer.text()) : status);
    }

    private static String code(String problem) {
        return problem.replaceFirst("(?s).*\"code\":\"(\\w+)\".*", "$1");
    }

    /** Otherwise the list is too long, or names a test that sees something else. */
    @Test
    void thatAreSeenElsewhereAreDocumented() throws IOException {
        Set<String> documented = new HashSet<>();
        DOCUMENT.operations()
                .forEach(operation -> documented.addAll(documented(operation).keySet()));
        assertThat(documented).containsAll(ELSEWHERE.keySet());
        for (Map.Entry<String, Elsewhere> answer : ELSEWHERE.entrySet()) {
            assertThat(Files.readString(answer.getValue().source()))
                    .as(answer.getValue().reason())
                    .containsIgnoringCase(answer.getKey());
        }
    }
}
