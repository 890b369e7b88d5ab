package org.xfchat.account;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.xfchat.testing.Person.anonymous;
import static org.xfchat.testing.TestDatabase.JWT_SECRET;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.Jwt;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class TokenTest {
    private static Response me(String authorization) {
        return anonymous().header("Authorization", authorization).get("/api/auth/me");
    }

    private static void refused(String token) {
        me("Bearer " + token).then().statusCode(401).header("WWW-Authenticate", startsWith("Bearer"));
    }

    private static Instant inAnHour() {
        return Instant.now().plusSeconds(3600);
    }

    @Nested
    class Accepted {
        @Test
        void isATokenOfTheOldServerWithTheSameSecret() {
            Person person = Person.signUp();
            me("Bearer " + Jwt.signed(JWT_SECRET, Jwt.claims(person.id(), inAnHour())))
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(person.id().toString()));
        }

        @Test
        void isOneSignedWithThePreviousSecret() {
            Person person = Person.signUp();
            me("Bearer " + Jwt.signed(TestDatabase.PREVIOUS_JWT_SECRET, Jwt.claims(person.id(), inAnHour())))
                    .then()
                    .statusCode(200);
        }

        @Test
        void isOneThatEndedLessThanTheLeewayAgo() {
            Person person = Person.signUp();
            me("Bearer "
                            + Jwt.signed(
                                    JWT_SECRET,
                                    Jwt.claims(person.id(), Instant.now().minusSeconds(30))))
                    .then()
                    .statusCode(200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR "})
        void isTheSchemeInAnyCase(String scheme) {
            me(scheme + Person.signUp().token()).then().statusCode(200);
        }
    }

    @Nested
    class Refused {
        @Test
        void isOneThatEndedLongerThanTheLeewayAgo() {
            Person person = Person.signUp();
            refused(Jwt.signed(JWT_SECRET, Jwt.claims(person.id(), Instant.now().minusSeconds(65))));
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "None", "NONE", "", "HS384", "HS512", "RS256"})
        void isEveryOtherAlgorithm(String algorithm) {
            Person person = Person.signUp();
            String header = "{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\"}";
            String claims = Jwt.claims(person.id(), inAnHour());
            refused(Jwt.unsigned(header, claims) + ".");
            refused(Jwt.unsigned(header, claims));
            refused(Jwt.signed("HmacSHA256", JWT_SECRET, header, claims));
            refused(Jwt.signed("HmacSHA512", JWT_SECRET, header, claims));
        }

        @Test
        void isOneOfAnotherKey() {
            Person person = Person.signUp();
            refused(Jwt.signed(JWT_SECRET + "x", Jwt.claims(person.id(), inAnHour())));
            refused(Jwt.signed("x", Jwt.claims(person.id(), inAnHour())));
        }

        @Test
        void isOneWhoseClaimsWereEdited() {
            Person person = Person.signUp();
            Person victim = Person.signUp();
            String token = person.token();
            String signature = token.substring(token.lastIndexOf('.'));
            refused(Jwt.unsigned(Jwt.HS256, Jwt.claims(victim.id(), inAnHour())) + signature);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"nobody\"",
                    "\"\"",
                    "null",
                    "42",
                    "[]",
                    "\"00000000-0000-0000-0000-00000000000\"",
                    "\"\\u0000\""
                })
        void isASubjectThatIsNoUuid(String sub) {
            refused(Jwt.signed(
                    JWT_SECRET, Jwt.claims(sub, String.valueOf(inAnHour().getEpochSecond()))));
        }

        @Test
        void isASubjectThatNeverWas() {
            refused(Jwt.signed(JWT_SECRET, Jwt.claims(UUID.randomUUID(), inAnHour())));
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "\"soon\"", "-1", "0", "1e400", "[]"})
        void isAnEndThatIsNoTimeToCome(String exp) {
            Person person = Person.signUp();
            refused(Jwt.signed(JWT_SECRET, Jwt.claims("\"" + person.id() + "\"", exp)));
        }

        @Test
        void areClaimsThatAreMissingOrNoObject() {
            refused(Jwt.signed(JWT_SECRET, "{}"));
            refused(Jwt.signed(JWT_SECRET, "[]"));
            refused(Jwt.signed(JWT_SECRET, "not json"));
            refused(Jwt.signed(JWT_SECRET, ""));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer ..", "Basic YTpi", "x"})
        void isWhatIsNoToken(String authorization) {
            me(authorization).then().statusCode(401);
        }

        @Test
        void isATokenUnderAnotherScheme() {
            me("Basic " + Person.signUp().token()).then().statusCode(401);
            me(Person.signUp().token()).then().statusCode(401);
        }
    }

    @Nested
    class DevelopersHeader {
        @Test
        void hasNoEffectWithOrWithoutAToken() {
            Person person = Person.signUp();
            Person victim = Person.signUp();
            anonymous()
                    .header("X-Dev-User-Id", victim.id().toString())
                    .get("/api/auth/me")
                    .then()
                    .statusCode(401);
            person.request()
                    .header("X-Dev-User-Id", victim.id().toString())
                    .get("/api/auth/me")
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(person.id().toString()));
        }
    }
}
