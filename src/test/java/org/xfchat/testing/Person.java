package org.xfchat.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
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
        Response response = askToSignUp(username, email);
        while ((response.statusCode() == 503 || response.statusCode() == 429) && System.nanoTime() - end < 0) {
            comeBack(response.header("Retry-After"));
            response = askToSignUp(username, email);
        }
        response.then().statusCode(200);
        return new Person(UUID.fromString(response.path("user.id")), username, email, PASSWORD, response.path("token"));
    }

    private static Response askToSignUp(String username, String email) {
        return anonymous()
                .body(Map.of("username", username, "email", email, "password", PASSWORD))
                .post("/api/auth/signup");
    }

    /** Fails the test where it was not said when. */
    private static void comeBack(String seconds) {
        if (seconds == null || !seconds.matches("[1-9]\\d?")) {
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
        String requestId = ask(other).then().statusCode(200).extract().path("request_id");
        other.answer(UUID.fromString(requestId), true).then().statusCode(200);
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
        java.util.List<String> ids = request()
                .get("/api/conversations")
                .then()
                .statusCode(200)
                .extract()
                .path("conversations.findAll { it.participants.contains('" + other.id() + "') }.id");
        if (ids.size() != 1) {
            throw new AssertionError("expected one conversation with " + other.username() + ", found " + ids);
        }
        return UUID.fromString(ids.get(0));
    }

    /** Sends a text under a new id, which is returned; fails the test when it is refused. */
    public UUID say(UUID conversation, String content) {
        UUID id = UUID.randomUUID();
        put(conversation, id, content).then().statusCode(200);
        return id;
    }

    public Response put(UUID conversation, UUID id, String content) {
        return request()
                .body(Map.of("content", content, "message_type", "text"))
                .put(messagePath(conversation, id));
    }

    public static String logPath(UUID conversation) {
        return "/sync/conversations/" + conversation + "/messages";
    }

    public static String messagePath(UUID conversation, UUID id) {
        return logPath(conversation) + "/" + id;
    }
}
