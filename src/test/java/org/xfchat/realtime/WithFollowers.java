package org.xfchat.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.RestAssured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.xfchat.testing.Person;

/** Tests with people who follow what happens to them. */
abstract class WithFollowers {
    private final List<Follower> followers = new ArrayList<>();

    @AfterEach
    void close() {
        followers.forEach(Follower::close);
    }

    final Follower follow(Person person) {
        return follow(person, "");
    }

    final Follower follow(Person person, String query) {
        Follower follower = Follower.open(RestAssured.port, person.token(), query);
        followers.add(follower);
        return follower;
    }

    static void type(Person person, boolean isTyping) {
        person.request()
                .body(Map.of("is_typing", isTyping))
                .post("/typing")
                .then()
                .statusCode(200);
    }

    static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
