package org.xfchat.limit;

import static org.hamcrest.Matchers.equalTo;
import static org.xfchat.limit.Refusals.assertRefused;
import static org.xfchat.limit.Refusals.newAddress;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestDatabase;

/** Signing up is limited by address, before anything is looked at. */
@QuarkusTest
@TestProfile(Limits.class)
@QuarkusTestResource(TestDatabase.class)
class SignUpLimitTest {
    private static Response signUp(String address, String body) {
        return Refusals.from(address).body(body).post("/api/auth/signup");
    }

    private static String somebody() {
        String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        return "{\"username\":\"" + name + "\",\"email\":\"" + name + "@example.test\",\"password\":\"correct horse\"}";
    }

    @Test
    void isLimitedByAddressWhateverTheOutcome() {
        String address = newAddress();
        signUp(address, somebody()).then().statusCode(200);
        signUp(address, "{}").then().statusCode(422);
        signUp(address, "not json").then().statusCode(400);
        // Before the body: it is not looked at.
        assertRefused(signUp(address, "not json"));
        signUp(newAddress(), somebody()).then().statusCode(200);
    }

    @Test
    void cannotBeHiddenBehindAnAddressOfOnesOwnInvention() {
        String address = newAddress();
        for (int i = 0; i < 3; i++) {
            signUp("203.0.113." + i + ", " + address, "{}").then().statusCode(422);
        }
        assertRefused(signUp("203.0.113.99, " + address, "{}"));
    }

    @Test
    void isToldAsAProblemWhereJsonIsAskedFor() {
        String address = newAddress();
        for (int i = 0; i < 3; i++) {
            signUp(address, "{}").then().statusCode(422);
        }
        Refusals.from(address)
                .accept("application/json")
                .body("{}")
                .post("/api/auth/signup")
                .then()
                .statusCode(429)
                .contentType("application/problem+json")
                .body("code", equalTo("too_many_requests"));
    }
}
