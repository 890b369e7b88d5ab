package org.xfchat.testing;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Somebody with an account of their own, new in every test. */
public record Person(UUID id, String username, String email, String password, String token) {
    private static final String PASSWORD = "correct horse";

    /** Nobody is told to come back for that long, on however busy a machine; only a defect would. */
    private static final Duration HANG = Duration.ofMinutes(9);

    /** By database, of one who did sign up there: a hash takes its time, and most tests are not about it. */
    private static final Map<String, String> HASHES = new ConcurrentHashMap<>();

    /** Somebody whom nobody else has met, with an account as sign-up leaves it, and a token of their own. */
    public static Person signUp() {
        UUID id = UUID.randomUUID();
        String username = newName();
        String email = address(username);
        Rows.change(
                "insert into users (id, username, email, password_hash) values (?, ?, ?, ?)",
                id,
                username,
                email,
                HASHES.computeIfAbsent(TestDatabase.url(), Person::hash));
        Instant expires = Instant.now().plus(Duration.ofDays(30));
        return new Person(id, username, email, PASSWORD, Jwt.signed(TestDatabase.JWT_SECRET, Jwt.claims(id, expires)));
    }

    private static String hash(String database) {
        return Rows.text(
                "select password_hash from users where id = ?", signUpNow().id());
    }

    /** The same over HTTP: for who wants the sign-up itself. */
    public static Person signUpNow() {
        String username = newName();
        return signUp(username, address(username));
    }

    private static String newName() {
        return "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }

    private static String address(String username) {
        return username + "@example.test";
    }

    /**
     * Signs up, over HTTP, under this name and address, and comes back when it is told to, as often as that is (RFC 9110
     * section 10.2.3); fails the test when it is refused otherwise.
     */
    public static Person signUp(String username, String email) {
        long end = System.nanoTime() + HANG.toNanos();
        HttpResponse<String> response = askToSignUp(username, email);
        while ((response.statusCode() == 503 || response.statusCode() == 429) && System.nanoTime() - end < 0) {
            comeBack(response.headers().firstValue("Retry-After").orElse(""));
            response = askToSignUp(username, email);
        }
        JsonNode account = SetUp.done(response);
        return new Person(
                UUID.fromString(account.at("/user/id").asText()),
                username,
                email,
                PASSWORD,
                account.get("token").asText());
    }

    private static HttpResponse<String> askToSignUp(String username, String email) {
        Map<String, String> account = Map.of("username", username, "email", email, "password", PASSWORD);
        return SetUp.send("POST", "/api/auth/signup", null, account);
    }

    /** Fails the test where it was not said when. */
    private static void comeBack(String seconds) {
        if (!seconds.matches("[1-9]\\d?")) {
            throw new AssertionError("told to come back, but when? Retry-After: " + seconds);
        }
        LockSupport.parkNanos(Duration.ofSeconds(Long.parseLong(seconds)).toNanos());
    }

    /** A JSON request without a token. */
    public static RequestSpecification anonymous() {
        return given().filter(OpenApiCheck.FILTER).contentType(ContentType.JSON);
    }

    /** A JSON request with this person's token. */
    public RequestSpecification request() {
        return anonymous().header("Authorization", "Bearer " + token);
    }

    /** Asks {@code other} and lets them accept; the id of their direct conversation. */
    public UUID befriend(Person other) {
        String request = SetUp.done("POST", "/api/friends/request", token, Map.of("to_email", other.email()))
                .get("request_id")
                .asText();
        SetUp.done("POST", "/api/friends/respond", other.token(), Map.of("request_id", request, "accept", true));
        return conversationWith(other);
    }

    public Response ask(Person other) {
        return request().body(Map.of("to_email", other.email())).post("/api/friends/request");
    }

    public Response answer(UUID requestId, boolean accept) {
        return request()
                .body(Map.of("request_id", requestId.toString(), "accept", accept))
                .post("/api/friends/respond");
    }

    /** The id of the direct conversation with {@code other}; fails the test when there is none or more than one. */
    public UUID conversationWith(Person other) {
        List<String> ids = new ArrayList<>();
        for (JsonNode conversation :
                SetUp.done("GET", "/api/conversations", token, null).get("conversations")) {
            for (JsonNode participant : conversation.get("participants")) {
                if (participant.asText().equals(other.id().toString())) {
                    ids.add(conversation.get("id").asText());
                }
            }
        }
        if (ids.size() != 1) {
            throw new AssertionError("expected one conversation with " + other.username() + ", found " + ids);
        }
        return UUID.fromString(ids.get(0));
    }

    /** Sends a text under a new id, which is returned; fails the test when it is refused. */
    public UUID say(UUID conversation, String content) {
        UUID id = UUID.randomUUID();
        SetUp.done("PUT", messagePath(conversation, id), token, message(content));
        return id;
    }

    public Response put(UUID conversation, UUID id, String content) {
        return request().body(message(content)).put(messagePath(conversation, id));
    }

    private static Map<String, String> message(String content) {
        return Map.of("content", content, "message_type", "text");
    }

    public static String logPath(UUID conversation) {
        return "/sync/conversations/" + conversation + "/messages";
    }

    public static String messagePath(UUID conversation, UUID id) {
        return logPath(conversation) + "/" + id;
    }
}
