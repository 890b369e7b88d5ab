package org.xfchat.testing;

import org.junit.jupiter.api.AfterEach;

/** Tests of what is no proper request: after each of them the service still serves who it was sent by. */
public abstract class StillAnswering extends AmongFriends {
    @AfterEach
    void stillAnswers() {
        alice.request().get("/api/auth/me").then().statusCode(200);
        alice.say(conversation, "still here");
    }
}
