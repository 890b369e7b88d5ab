package org.xfchat.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Person;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class TokenIT extends TokenTest {
    /** OWASP Password Storage Cheat Sheet. The suites within the JVM hash at a lower cost. */
    @Test
    void passwordsAreStoredAtTheRecommendedCost() {
        assertThat(LogInTest.hashOf(Person.signUpNow())).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }
}
