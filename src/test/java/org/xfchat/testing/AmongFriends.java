package org.xfchat.testing;

import static org.hamcrest.Matchers.equalTo;
import static org.xfchat.testing.Person.logPath;
import static org.xfchat.testing.Person.messagePath;

import io.restassured.response.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** Tests of what two friends do in their conversation, which is a new one for each test. */
public abstract class AmongFriends {
    protected Friends friends;
    protected Person alice;
    protected Person bob;
    protected UUID conversation;

    @BeforeEach
    void meet() {
        friends = Friends.meet();
        alice = friends.alice();
        bob = friends.bob();
        conversation = friends.conversation();
    }

    /** Sends with a header, {@code Version} or {@code Parents}. */
    protected Response put(Person sender, UUID id, String content, String header, Object... values) {
        return sender.request()
                .header(header, values[0], Arrays.copyOfRange(values, 1, values.length))
                .body(Map.of("content", content))
                .put(messagePath(conversation, id));
    }

    /** The log's texts, oldest first. */
    protected void logIs(String... contents) {
        alice.request().get(logPath(conversation)).then().statusCode(200).body("content", equalTo(List.of(contents)));
    }

    /** A version as a header has it. */
    protected static String quoted(Object id) {
        return Friends.quoted(id);
    }
}
