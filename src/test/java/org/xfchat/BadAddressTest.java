package org.xfchat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Endpoints;
import org.xfchat.testing.Person;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.StillAnswering;
import org.xfchat.testing.TestDatabase;

/** Bad ids, queries and headers are answered with 4xx and leave the service alive (contract 0). */
@QuarkusTest
@Tag("whole-service")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class BadAddressTest extends StillAnswering {
    private static final List<String> NO_UUIDS = List.of(
            "x",
            "1",
            "-1",
            "null",
            "%00",
            "%0d%0aX-Injected:%201",
            "%F0%9F%98%80",
            "%ff",
            "';--",
            "%7B%7D",
            "0-0-0-0-0",
            "00000000-0000-0000-0000-00000000000g",
            "00000000-0000-0000-0000-0000000000000",
            "000000000000000000000000000000000000",
            "x".repeat(3000));

    private static String method(String endpoint) {
        return endpoint.substring(0, endpoint.indexOf(' '));
    }

    private static String abbreviated(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    static Stream<String> pathsWithIds() {
        return Endpoints.all().stream().filter(endpoint -> endpoint.contains("{"));
    }

    @ParameterizedTest
    @MethodSource("pathsWithIds")
    void anIdThatIsNoUuidIs400(String endpoint) {
        String path = endpoint.substring(endpoint.indexOf('/'));
        SoftAssertions softly = new SoftAssertions();
        for (String parameter : Set.of("{id}", "{conversation}", "{message}")) {
            if (!path.contains(parameter)) {
                continue;
            }
            for (String id : NO_UUIDS) {
                String one = path.replace(parameter, id)
                        .replaceAll("\\{\\w+}", UUID.randomUUID().toString());
                Response response = alice.request()
                        .urlEncodingEnabled(false)
                        .body("{\"content\":\"a\"}")
                        .request(method(endpoint), one);
                softly.assertThat(response.statusCode()).as(abbreviated(one)).isEqualTo(400);
                softly.assertThat(response.header("X-Injected")).isNull();
            }
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/conversations?limit=",
                "/api/conversations?kind=",
                "/api/conversations/{id}/messages?limit=",
                "/api/conversations/{id}/messages?offset=",
                "/api/conversations/{id}/messages?before=",
                "/sync/conversations/{id}/messages?limit=",
                "/chat?limit="
            })
    void anyQueryIsClampedOrRefused(String query) {
        SoftAssertions softly = new SoftAssertions();
        for (String value : List.of(
                "",
                "x",
                "-1",
                "0",
                "4000000000",
                "99999999999999999999999999",
                "-99999999999999999999999999",
                "1e400",
                "NaN",
                "%00",
                "%ff",
                "%zz",
                "%",
                "1&limit=2",
                "%F0%9F%98%80",
                "9".repeat(5000))) {
            int status = get(query.replace("{id}", conversation.toString()) + value);
            softly.assertThat(status).as("%s%s", query, abbreviated(value)).isIn(200, 400, 414);
        }
        softly.assertAll();
    }

    @Test
    void headersOverTheLimitAreRefused() {
        for (String path : List.of("/api/auth/me", "/nowhere", Person.logPath(conversation))) {
            for (String header : List.of("X-Long", "Version", "Parents", "Accept", "Cookie")) {
                int status = get(path, header + ": " + "x".repeat(10 << 20));
                assertThat(status).as("%s with %s", path, header).isBetween(400, 499);
            }
        }
        String[] many = Stream.generate(() -> "X-Many: " + "x".repeat(1000))
                .limit(10_000)
                .toArray(String[]::new);
        assertThat(get("/api/auth/me", many)).isBetween(400, 499);
        assertThat(get("/" + "x".repeat(10 << 20))).isBetween(400, 499);
    }

    private int get(String path, String... headers) {
        return new RawRequest("GET", path, alice).send(new byte[0], false, headers);
    }

    /** The framework answers this address by handling the request again at another one, which the first line does not name. */
    @ParameterizedTest
    @ValueSource(strings = {"/q/swagger-ui/", "/q/swagger-ui/index.html"})
    void aRequestThatIsHandledElsewhereIsNotMalformed(String path) {
        assertThat(RawRequest.answer("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("<title>");
    }

    @Test
    void whatIsNoHttpIsRefused() {
        for (String request : List.of("hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n")) {
            assertThat(RawRequest.send(request.getBytes(ISO_8859_1)))
                    .as(request)
                    .isIn(0, 400, 404, 501, 505);
        }
    }

    @Test
    void aPersonReadsASentenceAndAProgramReadsAProblem() {
        Response sentence = alice.request().body("{").post("/api/friends/respond");
        sentence.then().statusCode(400).contentType(startsWith("text/plain")).body(matchesPattern("[A-Z][^{}\\n]+"));
        for (String accept :
                List.of("application/json", "application/problem+json", "text/html, application/json;q=0.5")) {
            alice.request()
                    .accept(accept)
                    .body("{")
                    .post("/api/friends/respond")
                    .then()
                    .statusCode(400)
                    .contentType(startsWith("application/problem+json"))
                    .body("type", equalTo("about:blank"))
                    .body("status", equalTo(400))
                    .body("code", equalTo("invalid_json"))
                    .body("title", notNullValue())
                    .body("detail", equalTo(sentence.asString()));
        }
        alice.request().accept("*/*").get("/nowhere").then().statusCode(404).contentType(startsWith("text/plain"));
        alice.request()
                .accept("application/json")
                .get("/nowhere")
                .then()
                .statusCode(404)
                .contentType(startsWith("application/problem+json"))
                .body("code", equalTo("not_found"));
        alice.request()
                .accept("application/json")
                .delete("/api/contacts")
                .then()
                .statusCode(405)
                .contentType(startsWith("application/problem+json"))
                .body("code", equalTo("method_not_allowed"));
    }
}
