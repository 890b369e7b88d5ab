package org.xfchat.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.logPath;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;
import org.xfchat.testing.TestDatabase;

/** Whatever the history, and wherever a subscriber is cut: a snapshot and the updates after it are a fresh snapshot. */
@QuarkusTest
@Tag("messages")
@QuarkusTestResource(TestDatabase.class)
class ResumePropertyTest {
    private static final int HISTORIES = 5;
    private static final int MAX_MESSAGES = 50;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What ends lines, strings and frames, takes two to four bytes, or looks like a header. */
    private static final List<String> PARTS = List.of(
            "a",
            " ",
            "\n",
            "\r\n\r\n",
            "\t",
            "\"",
            "\\",
            "data: {}",
            "Version: \"x\"",
            "\u00fc",
            "\u2028",
            "\uD83D\uDE00",
            "{",
            "]",
            "\u202E",
            "\u0301",
            "\u007f",
            "\u0001",
            "<b>");

    private static String content(Random random) {
        StringBuilder content = new StringBuilder("c");
        int parts = random.nextInt(10) == 0 ? 5_000 : random.nextInt(40);
        for (int i = 0; i < parts; i++) {
            content.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        return content.toString();
    }

    private static void say(Person person, UUID conversation, Random random, int number) {
        if (random.nextInt(4) == 0) {
            person.request()
                    .header("Version", "\"own, \\\"" + number + "\\\\\"")
                    .body(Map.of("content", content(random)))
                    .put(Person.messagePath(conversation, UUID.randomUUID()))
                    .then()
                    .statusCode(200);
        } else {
            person.say(conversation, content(random));
        }
    }

    private static List<JsonNode> fresh(Person person, UUID conversation) throws JsonProcessingException {
        String snapshot = person.request()
                .queryParam("limit", 500)
                .get(logPath(conversation))
                .then()
                .statusCode(200)
                .extract()
                .asString();
        List<JsonNode> messages = new ArrayList<>();
        JSON.readTree(snapshot).forEach(messages::add);
        return comparable(messages);
    }

    /** Without what is of the moment (contract 2.3). */
    private static List<JsonNode> comparable(List<JsonNode> messages) {
        return messages.stream()
                .map(message -> message.<ObjectNode>deepCopy().without("is_read"))
                .map(JsonNode.class::cast)
                .toList();
    }

    @Test
    void snapshotAndUpdatesAreAFreshSnapshot(TestReporter reporter) throws JsonProcessingException {
        long seed = System.nanoTime();
        reporter.publishEntry("seed", String.valueOf(seed));
        Person alice = Person.signUp();
        Person bob = Person.signUp();
        for (int history = 0; history < HISTORIES; history++) {
            check(alice, bob, seed + history);
        }
    }

    private static void check(Person alice, Person bob, long seed) throws JsonProcessingException {
        Random random = new Random(seed);
        UUID conversation = group(alice, bob);
        int before = random.nextInt(MAX_MESSAGES);
        int after = 1 + random.nextInt(MAX_MESSAGES);
        for (int i = 0; i < before; i++) {
            say(random.nextBoolean() ? alice : bob, conversation, random, i);
        }
        List<Subscriber> subscribers = List.of(
                BraidSubscriber.open(subscription(bob, conversation, new Random(seed + 1))),
                BraidSubscriber.open(subscription(alice, conversation, new Random(seed + 2)), conversation.toString()),
                SseSubscriber.open(subscription(bob, conversation, new Random(seed + 3))),
                SseSubscriber.open(subscription(alice, conversation, new Random(seed + 4)), "0"));
        try {
            for (int i = before; i < before + after; i++) {
                say(random.nextBoolean() ? alice : bob, conversation, random, i);
            }
            List<JsonNode> fresh = fresh(alice, conversation);
            assertThat(fresh).hasSize(before + after);
            for (Subscriber subscriber : subscribers) {
                subscriber.awaitSize(fresh.size(), SOON);
                assertThat(comparable(subscriber.messages()))
                        .as("seed %d, %s", seed, subscriber)
                        .isEqualTo(fresh);
            }
        } finally {
            subscribers.forEach(Subscriber::close);
        }
    }

    private static UUID group(Person... people) {
        UUID conversation = UUID.randomUUID();
        Rows.change("insert into conversations (id, kind) values (?, 'group')", conversation);
        for (Person person : people) {
            Rows.change(
                    "insert into conversation_participants (conversation_id, user_id) values (?, ?)",
                    conversation,
                    person.id());
        }
        return conversation;
    }

    /** Cut again and again, at first soon, so that an update is cut in every part of it; in the end always far enough. */
    private static Subscription subscription(Person person, UUID conversation, Random random) {
        LongSupplier cut = new LongSupplier() {
            private int connections;

            @Override
            public long getAsLong() {
                connections++;
                return connections > 14 ? Long.MAX_VALUE : 1 + random.nextInt(1 << (8 + connections / 2));
            }
        };
        return Subscription.to(() -> RestAssured.port, person.token(), conversation)
                .query("?limit=500")
                .cutAfter(cut);
    }
}
