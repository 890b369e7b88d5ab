package org.xfchat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Endpoints;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.StillAnswering;
import org.xfchat.testing.TestDatabase;

/** Whatever a client sends is answered with 4xx and leaves the service alive (contract 0). */
@QuarkusTest
@Tag("whole-service")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class BadInputTest extends StillAnswering {
    private static final String PUT = "PUT /sync/conversations/{conversation}/messages/{message}";
    private static final String TYPING = "POST /typing";
    private static final String CHAT = "PUT /chat";
    private static final String RESPOND = "POST /api/friends/respond";

    /** Every endpoint that reads a body, with the fields that it requires. */
    private static final Map<String, List<String>> BODIES = new TreeMap<>(Map.of(
            "POST /api/auth/signup",
            List.of("username", "email", "password"),
            "POST /api/auth/login",
            List.of("username", "password"),
            "DELETE /api/auth/me",
            List.of("password"),
            "POST /api/friends/request",
            List.of("to_email"),
            RESPOND,
            List.of("request_id", "accept"),
            TYPING,
            List.of("is_typing"),
            CHAT,
            List.of("text"),
            PUT,
            List.of("content")));

    /** Those that take any content type, and whose every fault is a bad request (contract 3). */
    static final Set<String> OLD_MANNERED = Set.of(TYPING, CHAT);

    private static final Set<String> MALFORMED = Set.of(
            "",
            " ",
            "{",
            "{\"username\":",
            "{'username':'a'}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":NaN}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\ud8\"}",
            "{} {}",
            "{}x",
            "// comment\n{}",
            "undefined",
            "\u0000");

    private static final Set<String> NO_OBJECT = Set.of("[]", "[{}]", "\"text\"", "42", "true", "null", "1e400");

    static Set<String> bodies() {
        return BODIES.keySet();
    }

    private static List<String> fields(String endpoint) {
        return BODIES.getOrDefault(endpoint, List.of());
    }

    private String path(String endpoint) {
        return path(endpoint, conversation);
    }

    static String path(String endpoint, UUID conversation) {
        return endpoint.substring(endpoint.indexOf('/'))
                .replace("{conversation}", conversation.toString())
                .replaceAll("\\{\\w+}", UUID.randomUUID().toString());
    }

    static String method(String endpoint) {
        return endpoint.substring(0, endpoint.indexOf(' '));
    }

    private Response send(String endpoint, byte[] body) {
        return alice.request().body(body).request(method(endpoint), path(endpoint));
    }

    /** A body that has every required field; {@code values} replace fields by raw JSON. */
    static String body(String endpoint, Map<String, String> values) {
        return fields(endpoint).stream()
                .map(field -> "\"" + field + "\":" + values.getOrDefault(field, valid(field)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String valid(String field) {
        return switch (field) {
            case "accept", "is_typing" -> "true";
            case "request_id" -> "\"" + UUID.randomUUID() + "\"";
            case "username" ->
                "\"n" + UUID.randomUUID().toString().replace("-", "").substring(0, 20) + "\"";
            case "email", "to_email" -> "\"" + UUID.randomUUID() + "@example.test\"";
            default -> "\"something valid\"";
        };
    }

    private void refuses(String endpoint, String body, Integer... statuses) {
        Response response = send(endpoint, body.getBytes(UTF_8));
        assertThat(response.statusCode())
                .as("%s with %s: %s", endpoint, abbreviated(body), abbreviated(response.asString()))
                .isIn((Object[]) statuses);
    }

    private static int unprocessable(String endpoint) {
        return OLD_MANNERED.contains(endpoint) ? 400 : 422;
    }

    private static String abbreviated(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    @Test
    void everyEndpointThatMayReadABodyIsTried() {
        assertThat(Endpoints.all().stream()
                        .filter(endpoint -> Set.of("POST", "PUT", "DELETE").contains(method(endpoint))))
                .containsExactlyInAnyOrderElementsOf(BODIES.keySet());
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void malformedJsonIs400(String endpoint) {
        MALFORMED.forEach(body -> refuses(endpoint, body, 400));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatIsNoObjectIsRefused(String endpoint) {
        NO_OBJECT.forEach(body -> refuses(endpoint, body, 400, 422));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aMissingOrNullFieldIs422(String endpoint) {
        refuses(endpoint, "{}", unprocessable(endpoint));
        for (String field : fields(endpoint)) {
            refuses(endpoint, body(endpoint, Map.of(field, "null")), unprocessable(endpoint));
            refuses(
                    endpoint,
                    body(endpoint, Map.of()).replace("\"" + field + "\":", "\"other\":"),
                    unprocessable(endpoint));
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aFieldOfTheWrongTypeIs422(String endpoint) {
        for (String field : fields(endpoint)) {
            List<String> values = new ArrayList<>(
                    List.of("[]", "{}", "[\"a\"]", "{\"a\":1}", "42", "-1", "1.5", "1e400", "9".repeat(900)));
            values.add(valid(field).equals("true") ? "\"true\"" : "true");
            values.forEach(value -> refuses(endpoint, body(endpoint, Map.of(field, value)), unprocessable(endpoint)));
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void numbersOfAnyLengthAreRefusedQuickly(String endpoint) {
        for (String number :
                List.of("9".repeat(1_000_000), "1e999999999", "-1e-999999999", "0." + "1".repeat(500_000))) {
            for (String field : fields(endpoint)) {
                refuses(endpoint, body(endpoint, Map.of(field, number)), 400, 422);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void deepNestingIsRefused(String endpoint) {
        String field = fields(endpoint).get(0);
        for (int depth : new int[] {2_000, 500_000}) {
            refuses(endpoint, "[".repeat(depth), 400);
            refuses(endpoint, "{\"a\":".repeat(depth / 5), 400, 422);
            refuses(endpoint, body(endpoint, Map.of(field, "[".repeat(depth) + "]".repeat(depth))), 400, 422);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void invalidUtf8Is400(String endpoint) {
        String field = fields(endpoint).get(0);
        for (String bytes :
                List.of("\u00c3(", "\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f5\u0080\u0080\u0080")) {
            byte[] body =
                    body(endpoint, Map.of(field, "\"abc" + bytes + "def\"")).getBytes(ISO_8859_1);
            Response response = send(endpoint, body);
            assertThat(response.statusCode())
                    .as("%s with %s", endpoint, Arrays.toString(bytes.getBytes(ISO_8859_1)))
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void duplicateKeysAreNoFault(String endpoint) {
        String body = body(endpoint, Map.of());
        String twice = body.substring(0, body.length() - 1) + "," + body.substring(1);
        assertThat(send(endpoint, twice.getBytes(UTF_8)).statusCode()).isLessThan(500);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void charactersThatCannotBeStoredAreNoFault(String endpoint) {
        for (String field : fields(endpoint)) {
            for (String text : List.of("abcdefgh\\u0000@x", "\\u0000", "\\ud800abcdefgh@x", "abcdefgh@x\\udfff")) {
                Response response = send(
                        endpoint,
                        body(endpoint, Map.of(field, "\"" + text + "\"")).getBytes(UTF_8));
                assertThat(response.statusCode())
                        .as("%s with %s in %s: %s", endpoint, text, field, response.asString())
                        .isLessThan(500);
                if (text.contains("\\ud")) {
                    assertThat(response.statusCode())
                            .as("half a surrogate pair in %s of %s", field, endpoint)
                            .isEqualTo(400);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void anotherContentTypeIs415(String endpoint) {
        int status = OLD_MANNERED.contains(endpoint) ? 200 : 415;
        String body = body(endpoint, Map.of());
        for (String type : List.of("text/plain", "application/xml", "application/x-www-form-urlencoded", "*/*")) {
            alice.request()
                    .config(io.restassured.RestAssured.config()
                            .encoderConfig(io.restassured.config.EncoderConfig.encoderConfig()
                                    .encodeContentTypeAs("*/*", io.restassured.http.ContentType.TEXT)))
                    .contentType(type)
                    .body(body)
                    .request(method(endpoint), path(endpoint))
                    .then()
                    .statusCode(status);
        }
        assertThat(raw(endpoint, body.getBytes(UTF_8), false)).isEqualTo(status);
        assertThat(raw(endpoint, body.getBytes(UTF_8), false, "Content-Type: no type"))
                .isIn(400, status);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyOverTheLimitIs413(String endpoint) {
        for (int megabytes : new int[] {3, 10}) {
            byte[] body = body(endpoint, Map.of(fields(endpoint).get(0), "\"" + "x".repeat(megabytes << 20) + "\""))
                    .getBytes(UTF_8);
            assertThat(raw(endpoint, body, false, "Content-Type: application/json"))
                    .as("%d MB with a length", megabytes)
                    .isEqualTo(413);
            assertThat(raw(endpoint, body, true, "Content-Type: application/json"))
                    .as("%d MB in chunks", megabytes)
                    .isEqualTo(413);
        }
    }

    private int raw(String endpoint, byte[] body, boolean chunked, String... headers) {
        return new RawRequest(method(endpoint), path(endpoint), alice).send(body, chunked, headers);
    }
}
