package org.xfchat.account;

import static org.hamcrest.Matchers.equalTo;
import static org.xfchat.account.UserResourceTest.newEmail;
import static org.xfchat.account.UserResourceTest.newName;
import static org.xfchat.account.UserResourceTest.signUp;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestDatabase;

/** Somebody's account was stored, and the answer was lost; he does not know, and signs up again. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class UnansweredSignUpTest {
    private static final String PASSWORD = "a good password";

    private final String name = newName(12);
    private final String email = newEmail();

    @Inject
    UnansweredSignUps unanswered;

    private String id = "";

    @BeforeEach
    void loseTheAnswer() {
        id = signUp(name, email, PASSWORD).then().statusCode(200).extract().path("user.id");
        // What the end of the answer told; it may come after the answer itself.
        signUp(name, email, "another password").then().statusCode(409);
        unanswered.begin(UUID.fromString(id));
    }

    @Test
    void isAnsweredLikeTheFirstUntilSomebodyWasTold() {
        signUp(name, email, PASSWORD).then().statusCode(200).body("user.id", equalTo(id));
    }

    @Test
    void isTakenForEverybodyElse() {
        signUp(name.toUpperCase(Locale.ROOT), email, PASSWORD).then().statusCode(409);
        signUp(name, newEmail(), PASSWORD).then().statusCode(409);
        signUp(newName(12), email, PASSWORD).then().statusCode(409);
        signUp(name, email, PASSWORD).then().statusCode(200).body("user.id", equalTo(id));
    }

    /** Or passwords could be tried here, past the limit of log-ins. */
    @Test
    void isTakenAfterOneWrongPassword() {
        signUp(name, email, "a wrong password").then().statusCode(409);
        signUp(name, email, PASSWORD).then().statusCode(409);
    }
}
