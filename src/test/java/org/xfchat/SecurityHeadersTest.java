package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.BehindAProxy;
import org.xfchat.testing.Friends;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** What every answer tells browsers and caches. */
@QuarkusTest
@Tag("whole-service")
@TestProfile(BehindAProxy.class)
@QuarkusTestResource(TestDatabase.class)
class SecurityHeadersTest {
    private static final String TRANSPORT = "Strict-Transport-Security";

    private static void assertGuarded(Response answer) {
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(answer.header("Content-Security-Policy")).isEqualTo("default-src 'none'; frame-ancestors 'none'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/auth/me",
                "/api/contacts",
                "/api/usage",
                "/api/friends/requests",
                "/api/conversations",
                "/chat"
            })
    void areOnWhatIsRead(String path) {
        Response answer = Person.signUp().request().get(path);
        answer.then().statusCode(200);
        assertGuarded(answer);
        assertThat(answer.header("Cache-Control")).matches("no-store|private, no-cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/contacts", "/nowhere", "/health", "/q/health/live", "/q/metrics"})
    void areOnWhatAnybodyIsTold(String path) {
        Response answer = given().get(path);
        assertGuarded(answer);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void areOnAccountsWithTheirTokens() {
        Response answer = given().contentType("application/json").body("{}").post("/api/auth/signup");
        assertGuarded(answer);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void areOnStreams() {
        Friends friends = Friends.meet();
        try (HttpStream stream = friends.read(friends.bob(), "", Map.of("Subscribe", "true"))) {
            assertThat(stream.status()).isEqualTo(209);
            assertThat(stream.header("x-content-type-options")).hasValue("nosniff");
            assertThat(stream.header("cache-control")).hasValue("no-cache, no-transform, no-store");
        }
    }

    @ParameterizedTest
    @CsvSource({"https, true", "HTTPS, true", "http, false", "'', false"})
    void pinTransportSecurityWhereTheCallerHasIt(String scheme, boolean pinned) {
        Response answer = given().header("X-Forwarded-Proto", scheme).get("/health");
        assertThat(answer.header(TRANSPORT) != null).isEqualTo(pinned);
    }

    @Test
    void pinNothingOverPlainHttp() {
        assertThat(given().get("/health").header(TRANSPORT)).isNull();
    }
}
