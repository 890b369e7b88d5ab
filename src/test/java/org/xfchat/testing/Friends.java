package org.xfchat.testing;

import io.restassured.RestAssured;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.xfchat.testing.HttpStream.Request;

/** Two who met just now, and their direct conversation. */
public record Friends(Person alice, Person bob, UUID conversation) {
    public static Friends meet() {
        Person alice = Person.signUp();
        Person bob = Person.signUp();
        return new Friends(alice, bob, alice.befriend(bob));
    }

    /** A version as a header value; the conversation's id is that of its empty log. */
    public static String quoted(Object version) {
        return "\"" + version + "\"";
    }

    /** What a {@link Subscriber} of theirs subscribes to, at the service under test. */
    public Subscription subscription(Person reader) {
        return Subscription.to(() -> RestAssured.port, reader.token(), conversation);
    }

    /** One request for the log. */
    public HttpStream read(Person reader, String query, Map<String, String> headers) {
        return stream(reader, Person.logPath(conversation) + query, headers);
    }

    /** One request for anything that may be a stream. */
    public static HttpStream stream(Person reader, String target, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Authorization", "Bearer " + reader.token());
        return HttpStream.open(RestAssured.port, Request.get(target, all));
    }

    /** Writes entries into the log as if they had been sent: their positions are their texts. */
    public void fill(long first, long last) {
        Rows.change(
                "insert into chat_messages (id, conversation_id, seq, sender_id, content, created_at)"
                        + " select gen_random_uuid(), ?, seq, ?, seq::text, now() from generate_series(?, ?) seq",
                conversation,
                alice.id(),
                first,
                last);
    }
}
