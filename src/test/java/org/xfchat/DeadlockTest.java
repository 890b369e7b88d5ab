package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Person;
import org.xfchat.testing.Rows;
import org.xfchat.testing.TestDatabase;
import org.xfchat.testing.Together;

/**
 * Every pair of commands of two friends, at the same time: none waits for the other in a circle. PostgreSQL counts those; a retry
 * would hide them.
 */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class DeadlockTest {
    /** A circle needs both to be between two locks; in one of so many tries they are. */
    private static final int ROUNDS = 4;

    /** Two friends, their conversation, somebody who waits for an answer from each, and one message of each. */
    private record Scene(Person ann, Person bob, Person cyd, UUID conversation, UUID toAnn, UUID toBob, UUID message) {
        static Scene open() {
            Person ann = Person.signUp();
            Person bob = Person.signUp();
            Person cyd = Person.signUp();
            UUID conversation = ann.befriend(bob);
            UUID toAnn = UUID.fromString(cyd.ask(ann).path("request_id"));
            UUID toBob = UUID.fromString(cyd.ask(bob).path("request_id"));
            return new Scene(ann, bob, cyd, conversation, toAnn, toBob, ann.say(conversation, "first"));
        }

        Person other(Person one) {
            return one.equals(ann) ? bob : ann;
        }

        UUID requestTo(Person one) {
            return one.equals(ann) ? toAnn : toBob;
        }
    }

    /** What one of the two does; whether it is refused is not the question. */
    private interface Command {
        void run(Scene scene, Person actor);
    }

    private static Map<String, Command> commands() {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put(
                "delete the account",
                (scene, actor) -> actor.request()
                        .body(Map.of("password", actor.password()))
                        .delete("/api/auth/me"));
        commands.put("accept", (scene, actor) -> actor.answer(scene.requestTo(actor), true));
        commands.put("reject", (scene, actor) -> actor.answer(scene.requestTo(actor), false));
        commands.put("ask the other's friend", (scene, actor) -> actor.ask(scene.cyd()));
        commands.put("ask the friend again", (scene, actor) -> actor.ask(scene.other(actor)));
        commands.put("send", (scene, actor) -> actor.put(scene.conversation(), UUID.randomUUID(), "at once"));
        commands.put(
                "speak in the room",
                (scene, actor) ->
                        actor.request().body(Map.of("text", "at once")).put("/chat"));
        commands.put(
                "mark as read", (scene, actor) -> actor.request().patch("/api/messages/" + scene.message() + "/read"));
        commands.put(
                "log in",
                (scene, actor) -> Person.anonymous()
                        .body(Map.of("username", actor.username(), "password", actor.password()))
                        .post("/api/auth/login"));
        return commands;
    }

    static Stream<Arguments> pairs() {
        List<String> names = List.copyOf(commands().keySet());
        List<Arguments> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i; j < names.size(); j++) {
                pairs.add(Arguments.of(names.get(i), names.get(j)));
            }
        }
        return pairs.stream();
    }

    private static long deadlocks() {
        return Rows.number("select deadlocks from pg_stat_database where datname = current_database()");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void waitForNobodyInACircle(String first, String second) {
        Map<String, Command> commands = commands();
        long before = deadlocks();
        List<Scene> scenes =
                Stream.generate(Scene::open).limit(rounds(first, second)).toList();
        for (Scene scene : scenes) {
            Together.run(2, i -> {
                Command command = Objects.requireNonNull(commands.get(i == 0 ? first : second));
                command.run(scene, i == 0 ? scene.ann() : scene.bob());
                return i;
            });
        }
        assertThat(deadlocks()).isEqualTo(before);
    }

    /** Of those that touch rows of both; the others lock one each. */
    private static int rounds(String first, String second) {
        return first.startsWith("delete") || second.startsWith("accept") ? ROUNDS : 1;
    }
}
