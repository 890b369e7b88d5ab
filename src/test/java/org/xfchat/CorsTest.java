package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.BehindAProxy.CHAT;
import static org.xfchat.testing.BehindAProxy.OTHER_PORT;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.BehindAProxy;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.RawRequest;
import org.xfchat.testing.TestDatabase;

/** Which pages' scripts may ask, and what they may see (contract 0). */
@QuarkusTest
@Tag("whole-service")
@TestProfile(BehindAProxy.class)
@QuarkusTestResource(TestDatabase.class)
class CorsTest {
    private static final List<String> REQUEST_HEADERS = List.of(
            "authorization",
            "content-type",
            "subscribe",
            "version",
            "parents",
            "merge-type",
            "peer",
            "heartbeats",
            "content-range",
            "patches",
            "last-event-id",
            "multiplex-through",
            "multiplex-version");

    private static final List<String> RESPONSE_HEADERS = List.of(
            "version",
            "parents",
            "current-version",
            "subscribe",
            "heartbeats",
            "merge-type",
            "retry-after",
            "x-request-id");

    private static List<String> list(@Nullable String header) {
        return header == null
                ? List.of()
                : Arrays.asList(header.toLowerCase(Locale.ROOT).split(",\\s*", -1));
    }

    private static RequestSpecification from(String origin) {
        return given().header("Origin", origin);
    }

    private static Response preflight(String origin, String method, String path) {
        return from(origin)
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", String.join(",", REQUEST_HEADERS))
                .options(path);
    }

    private static void assertAllowed(Response response, String origin) {
        assertThat(response.getHeaders().getValues("Vary")).anyMatch(value -> value.contains("Origin"));
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(origin);
        assertThat(response.getHeader("Access-Control-Allow-Credentials")).isIn(null, "false");
    }

    private static void assertNotAllowed(Response response) {
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isNull();
        assertRefused(response);
    }

    /** In the form of every other refusal. */
    private static void assertRefused(Response response) {
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.getHeader("X-Request-Id")).isNotBlank();
        assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(response.getHeader("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; frame-ancestors 'none'");
        assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
        if (response.contentType().startsWith("application/problem+json")) {
            assertThat(response.<String>path("code")).isEqualTo("origin_not_allowed");
        } else {
            assertThat(response.contentType()).isEqualTo("text/plain;charset=UTF-8");
            assertThat(response.asString()).matches("Pages of [^{}<>]+");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MULTIPLEX"})
    void aListedOriginMayAskWithEveryMethodAndHeader(String method) {
        for (String path : List.of(
                "/chat",
                "/api/auth/login",
                Person.logPath(UUID.randomUUID()),
                Person.messagePath(UUID.randomUUID(), UUID.randomUUID()))) {
            Response response = preflight(CHAT, method, path);
            assertThat(response.statusCode()).as(path).isIn(200, 204);
            assertAllowed(response, CHAT);
            assertThat(list(response.getHeader("Access-Control-Allow-Methods")))
                    .contains(method.toLowerCase(Locale.ROOT));
            assertThat(list(response.getHeader("Access-Control-Allow-Headers"))).containsAll(REQUEST_HEADERS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, OTHER_PORT})
    void aListedOriginSeesAnswersWithTheirHeaders(String origin) {
        Friends friends = Friends.meet();
        String bearer = "Bearer " + friends.alice().token();
        String log = Person.logPath(friends.conversation());
        Response put = from(origin)
                .header("Authorization", bearer)
                .contentType("application/json")
                .body("{\"content\":\"hello\"}")
                .put(Person.messagePath(friends.conversation(), UUID.randomUUID()));
        Response get = from(origin).header("Authorization", bearer).get(log);
        for (Response response : List.of(put, get)) {
            assertThat(response.statusCode()).isEqualTo(200);
            assertAllowed(response, origin);
            assertThat(list(response.getHeader("Access-Control-Expose-Headers")))
                    .containsExactlyInAnyOrderElementsOf(RESPONSE_HEADERS);
        }
    }

    /** HTTP/1.0 may come without one; the origin that would be made of that is nobody's. */
    @Test
    void aRequestWithoutAHostHasNoOriginOfItsOwn() {
        assertThat(RawRequest.answer("GET /api/auth/me HTTP/1.0\r\nOrigin: http://null\r\n\r\n"))
                .startsWith("HTTP/1.0 403 ")
                .contains("X-Request-Id");
    }

    @Test
    void aListedOriginSeesRefusals() {
        assertAllowed(from(CHAT).get("/api/auth/me"), CHAT);
        assertAllowed(from(CHAT).get("/nowhere"), CHAT);
        assertAllowed(from(CHAT).delete("/chat"), CHAT);
    }

    @Test
    void aListedOriginSeesStreams() {
        Friends friends = Friends.meet();
        for (Map<String, String> headers : List.of(
                Map.of("Origin", CHAT, "Subscribe", "true"),
                Map.of("Origin", CHAT, "Accept", "text/event-stream"),
                Map.of("Origin", CHAT, "Parents", Friends.quoted(friends.conversation())))) {
            try (HttpStream stream = friends.read(friends.bob(), "", headers)) {
                assertThat(stream.status()).isIn(200, 209);
                assertThat(stream.header("access-control-allow-origin")).hasValue(CHAT);
                assertThat(list(stream.header("access-control-expose-headers").orElse(null)))
                        .containsExactlyInAnyOrderElementsOf(RESPONSE_HEADERS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.com",
                "http://chat.example.com",
                "https://chat.example.com.evil.example",
                "https://chat.example.com:444",
                "https://xchat.example.com",
                "http://localhost:8082",
                "null",
                "a b"
            })
    void aForeignOriginIsRefused(String origin) {
        assertNotAllowed(preflight(origin, "PUT", "/chat"));
        assertNotAllowed(from(origin).get("/api/auth/me"));
        Response typed = from(origin).accept("application/json").get("/api/auth/me");
        assertNotAllowed(typed);
        assertThat(typed.contentType()).isEqualTo("application/problem+json");
    }

    @Test
    void aListedOriginMayNotAskWithAnotherMethod() {
        assertRefused(from(CHAT).request("PROPFIND", "/chat"));
    }

    /** A name that is no host name, which the framework's comparison fails over. */
    @ParameterizedTest
    @CsvSource({"a_b, https://evil.example.com, 403", "a_b, http://a_b, 401", "localhost:80, http://localhost, 401"})
    void theOwnOriginIsTheAddressThatWasAskedFor(String host, String origin, int status) {
        given().header("Host", host)
                .header("Origin", origin)
                .get("/api/auth/me")
                .then()
                .statusCode(status);
    }

    @Test
    void aForeignOriginChangesNothing() {
        Friends friends = Friends.meet();
        UUID id = UUID.randomUUID();
        assertNotAllowed(from("https://evil.example.com")
                .header("Authorization", "Bearer " + friends.alice().token())
                .contentType("application/json")
                .body("{\"content\":\"hello\"}")
                .put(Person.messagePath(friends.conversation(), id)));
        List<?> messages = friends.bob()
                .request()
                .get(Person.logPath(friends.conversation()))
                .path("$");
        assertThat(messages).isEmpty();
    }

    @Test
    void theOwnOriginMayAsk() {
        Person person = Person.signUp();
        String own = "http://localhost:" + RestAssured.port;
        from(own)
                .header("Authorization", "Bearer " + person.token())
                .get("/api/auth/me")
                .then()
                .statusCode(200);
        person.request().get("/api/auth/me").then().statusCode(200).header("Access-Control-Allow-Origin", (String)
                null);
    }
}
