package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.testing.Person.anonymous;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.Endpoints;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** Who may do what: every endpoint as everybody. */
@QuarkusTest
@Tag("whole-service")
@Tag("foreign")
@QuarkusTestResource(TestDatabase.class)
class AuthorisationTest {
    /**
     * Those who try, and what they try it on.
     *
     * @param participant of the conversation, and the sender of the message
     * @param other the conversation's other participant, whom {@code asker} has asked
     */
    private record World(
            Person participant,
            Person other,
            Person stranger,
            Person deleted,
            UUID conversation,
            UUID message,
            UUID friendRequest) {
        static World create() {
            Person participant = Person.signUp();
            Person other = Person.signUp();
            Person deleted = Person.signUp();
            Person asker = Person.signUp();
            UUID conversation = participant.befriend(other);
            UUID message = participant.say(conversation, "hello");
            UUID friendRequest = UUID.fromString(asker.ask(other).path("request_id"));
            deleted.request()
                    .body(Map.of("password", deleted.password()))
                    .delete("/api/auth/me")
                    .then()
                    .statusCode(204);
            return new World(participant, other, Person.signUp(), deleted, conversation, message, friendRequest);
        }
    }

    /** Statuses for each actor, in the order in which they try. */
    private record Row(
            int anonymous,
            int deleted,
            int stranger,
            int participant,
            int other,
            BiFunction<World, RequestSpecification, Response> call) {}

    private static final Map<String, Row> ROWS = Map.ofEntries(
            Map.entry("GET /health", everybody((world, as) -> as.get("/health"))),
            Map.entry("GET /api/health", everybody((world, as) -> as.get("/api/health"))),
            Map.entry("POST /api/auth/signup", everybody(AuthorisationTest::signUp)),
            Map.entry(
                    "POST /api/auth/login",
                    everybody((world, as) -> as.body(Map.of(
                                    "username", world.participant().username(),
                                    "password", world.participant().password()))
                            .post("/api/auth/login"))),
            Map.entry("GET /api/auth/me", signedIn(200, (world, as) -> as.get("/api/auth/me"))),
            // Everybody's password is the same here, so that each could delete their own account.
            Map.entry(
                    "DELETE /api/auth/me",
                    signedIn(
                            204,
                            (world, as) -> as.body(Map.of(
                                            "password", world.participant().password()))
                                    .delete("/api/auth/me"))),
            Map.entry(
                    "POST /typing",
                    participants(
                            (world, as) -> as.body(Map.of("is_typing", true, "conversation_id", world.conversation()))
                                    .post("/typing"))),
            // Whom it admits gets a stream, or is told how to ask for one.
            Map.entry("GET /chat", signedIn(200, (world, as) -> as.get("/chat"))),
            Map.entry(
                    "PUT /chat",
                    signedIn(
                            200, (world, as) -> as.body(Map.of("text", "hello")).put("/chat"))),
            Map.entry("GET /realtime", signedIn(400, (world, as) -> as.get("/realtime"))),
            Map.entry("GET /api/usage", signedIn(200, (world, as) -> as.get("/api/usage"))),
            Map.entry(
                    "POST /api/friends/request",
                    signedIn(
                            200,
                            (world, as) -> as.body(
                                            Map.of("to_email", world.other().email()))
                                    .post("/api/friends/request"))),
            Map.entry("GET /api/friends/requests", signedIn(200, (world, as) -> as.get("/api/friends/requests"))),
            Map.entry(
                    "POST /api/friends/respond",
                    new Row(
                            401,
                            401,
                            403,
                            403,
                            200,
                            (world, as) -> as.body(Map.of("request_id", world.friendRequest(), "accept", true))
                                    .post("/api/friends/respond"))),
            Map.entry("GET /api/contacts", signedIn(200, (world, as) -> as.get("/api/contacts"))),
            Map.entry("GET /api/conversations", signedIn(200, (world, as) -> as.get("/api/conversations"))),
            Map.entry(
                    "GET /api/conversations/{id}/messages",
                    participants((world, as) -> as.get("/api/conversations/" + world.conversation() + "/messages"))),
            Map.entry(
                    "PATCH /api/messages/{id}/read",
                    participants((world, as) -> as.patch("/api/messages/" + world.message() + "/read"))),
            Map.entry(
                    "GET /sync/conversations/{conversation}/messages",
                    participants((world, as) -> as.get(Person.logPath(world.conversation())))),
            Map.entry(
                    "PUT /sync/conversations/{conversation}/messages/{message}",
                    participants((world, as) -> as.body(Map.of("content", "hello"))
                            .put(Person.messagePath(world.conversation(), UUID.randomUUID())))));

    private static final Set<String> PUBLIC =
            Set.of("GET /health", "GET /api/health", "POST /api/auth/signup", "POST /api/auth/login");

    private static Row everybody(BiFunction<World, RequestSpecification, Response> call) {
        return new Row(200, 200, 200, 200, 200, call);
    }

    private static Row signedIn(int status, BiFunction<World, RequestSpecification, Response> call) {
        return new Row(401, 401, status, status, status, call);
    }

    private static Row participants(BiFunction<World, RequestSpecification, Response> call) {
        return new Row(401, 401, 403, 200, 200, call);
    }

    private static Response signUp(World world, RequestSpecification as) {
        String name = "n" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        return as.body(Map.of(
                        "username",
                        name,
                        "email",
                        name + "@example.test",
                        "password",
                        world.participant().password()))
                .post("/api/auth/signup");
    }

    static Stream<String> endpoints() {
        return Endpoints.all().stream();
    }

    static Stream<String> protectedEndpoints() {
        return endpoints().filter(endpoint -> !PUBLIC.contains(endpoint));
    }

    @Test
    void everyEndpointHasARowAndEveryRowAnEndpoint() {
        assertThat(ROWS.keySet()).containsExactlyInAnyOrderElementsOf(Endpoints.all());
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void admitsExactlyThoseWhoMay(String endpoint) {
        Row row = Objects.requireNonNull(ROWS.get(endpoint), () -> "no row for " + endpoint);
        World world = World.create();
        List<Integer> statuses = Stream.of(
                        anonymous(),
                        world.deleted().request(),
                        world.stranger().request(),
                        world.participant().request(),
                        world.other().request())
                .map(as -> row.call().apply(world, as).statusCode())
                .toList();
        assertThat(statuses)
                .as("%s as anonymous, deleted, stranger, participant, other", endpoint)
                .containsExactly(row.anonymous(), row.deleted(), row.stranger(), row.participant(), row.other());
    }

    /** The same addresses, asked in the ways that open a stream. */
    @Test
    void streamsAdmitExactlyThoseWhoMay() {
        World world = World.create();
        String log = Person.logPath(world.conversation());
        Map<String, String> subscribe = Map.of("Subscribe", "true");
        Map<String, String> events = Map.of("Accept", "text/event-stream");
        Map<String, String> range = Map.of("Parents", "\"" + world.conversation() + "\"");
        assertThat(streams(world, log, subscribe)).containsExactly(401, 401, 403, 209, 209);
        assertThat(streams(world, log, range)).containsExactly(401, 401, 403, 209, 209);
        assertThat(streams(world, log, events)).containsExactly(401, 401, 403, 200, 200);
        assertThat(streams(world, "/chat", subscribe)).containsExactly(401, 401, 209, 209, 209);
        assertThat(streams(world, "/chat", events)).containsExactly(401, 401, 200, 200, 200);
        assertThat(streams(world, "/realtime", subscribe)).containsExactly(401, 401, 200, 200, 200);
        assertThat(streams(world, "/realtime", events)).containsExactly(401, 401, 200, 200, 200);
    }

    private static List<Integer> streams(World world, String target, Map<String, String> headers) {
        return Stream.of(
                        "",
                        world.deleted().token(),
                        world.stranger().token(),
                        world.participant().token(),
                        world.other().token())
                .map(token -> {
                    Map<String, String> all = new TreeMap<>(headers);
                    all.put("Authorization", "Bearer " + token);
                    all.put("X-Dev-User-Id", world.participant().id().toString());
                    try (HttpStream stream = HttpStream.open(RestAssured.port, HttpStream.Request.get(target, all))) {
                        return stream.status();
                    }
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("protectedEndpoints")
    void asksForTheTokenBeforeAnythingElse(String endpoint) {
        String[] parts = endpoint.split(" ", 2);
        String path = parts[1].replaceAll("\\{\\w+}", "no-uuid");
        anonymous()
                .contentType("text/plain")
                .header("Version", "no version")
                .body("{")
                .request(parts[0], path + "?limit=x")
                .then()
                .statusCode(401);
    }
}
