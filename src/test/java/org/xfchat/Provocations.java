package org.xfchat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.Person;

/** Requests that get one certain answer of an operation: somebody's with an account, a friend, messages and a friend request. */
final class Provocations {
    private static final int BEYOND_LIMITS = 20_000;

    private final Person person = Person.signUp();
    private final Person friend = Person.signUp();
    private final Person stranger = Person.signUp();
    private final UUID conversation = person.befriend(friend);
    private final UUID message = friend.say(conversation, "first");
    private final UUID request =
            UUID.fromString(stranger.ask(person).then().extract().path("request_id"));

    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private String query = "";
    private String body = "";

    /** @param answer its code, or its status where it has none */
    HttpStream.Request request(Operation operation, String answer) {
        String id = operation.description().get("operationId").asText();
        headers.clear();
        query = "";
        headers.put("Authorization", "Bearer " + person.token());
        headers.put("Accept", "application/json");
        ids.put("conversation", conversation.toString());
        ids.put("message", UUID.randomUUID().toString());
        ids.put("id", (id.equals("history") ? conversation : message).toString());
        body = body(id);
        if (operation.description().has("requestBody")) {
            headers.put("Content-Type", "application/json");
        }
        if (id.equals("followEvents")) {
            headers.put("Subscribe", "true");
        }
        change(id, answer);
        String target = operation.path();
        for (Map.Entry<String, String> one : ids.entrySet()) {
            target = target.replace("{" + one.getKey() + "}", one.getValue());
        }
        return new HttpStream.Request(
                operation.method(), target + query, new LinkedHashMap<>(headers), body, Long.MAX_VALUE, true, 64 << 10);
    }

    /** One that is carried out. */
    private String body(String id) {
        return switch (id) {
            case "signUp" -> signUp(name(), name() + "@example.test");
            case "logIn" -> logIn(person.password());
            case "deleteAccount" -> deletion(person.password());
            case "askFriend" -> "{\"to_email\":\"" + Person.signUp().email() + "\"}";
            case "answerFriend" -> answer(request, true);
            case "append" -> "{\"content\":\"second\"}";
            case "sayToAll" -> "{\"text\":\"hello\"}";
            case "type" -> typing(conversation);
            default -> "";
        };
    }

    private void change(String id, String answer) {
        switch (answer) {
            case "209" -> headers.put("Subscribe", "true");
            case "304" -> headers.put("If-None-Match", "*");
            case "414" -> query = "?a=" + "x".repeat(BEYOND_LIMITS);
            case "431" -> headers.put("X-Long", "x".repeat(BEYOND_LIMITS));
            case "invalid_json" -> body = "{";
            case "invalid_request" -> headers.put("Host", "another");
            case "unauthenticated" -> headers.remove("Authorization");
            case "wrong_credentials" -> body = logIn("another one");
            case "wrong_password" -> body = deletion("another one");
            case "origin_not_allowed" -> headers.put("Origin", "https://elsewhere.example");
            case "not_participant", "not_recipient" -> {
                Person asking = answer.equals("not_recipient") ? friend : stranger;
                headers.put("Authorization", "Bearer " + asking.token());
            }
            case "conversation_not_found" -> {
                ids.replaceAll((name, value) -> UUID.randomUUID().toString());
                body = id.equals("type") ? typing(UUID.randomUUID()) : body;
            }
            case "message_not_found" -> {
                if (id.equals("history")) {
                    query = "?before=" + UUID.randomUUID();
                } else {
                    ids.put("id", UUID.randomUUID().toString());
                }
            }
            case "friend_request_not_found" -> body = answer(UUID.randomUUID(), true);
            case "request_timeout" -> {
                headers.put("Content-Length", "10");
                body = "";
            }
            case "too_large" -> {
                headers.put("Content-Length", "3000000");
                body = "";
            }
            case "username_taken" -> body = signUp(person.username(), name() + "@example.test");
            case "email_taken" -> body = signUp(name(), person.email());
            case "already_answered" -> {
                person.answer(request, false).then().statusCode(200);
                body = answer(request, true);
            }
            case "message_id_taken" -> takeId(id);
            case "version_taken" -> {
                String version = "\"" + name() + "\"";
                headers.put("Version", version);
                person.request()
                        .header("Version", version)
                        .body("{\"content\":\"another\"}")
                        .put(Person.messagePath(conversation, UUID.randomUUID()))
                        .then()
                        .statusCode(200);
            }
            case "version_unknown", "parent_unknown" -> {
                headers.put("Parents", "\"" + name() + "\"");
                headers.put("Subscribe", "true");
            }
            case "unsupported_media_type" -> headers.put("Content-Encoding", "gzip");
            case "unprocessable" -> body = "{}";
            default -> {
                // As it is.
            }
        }
    }

    private void takeId(String id) {
        if (id.equals("append")) {
            ids.put("message", message.toString());
        } else {
            String key = name();
            headers.put("Idempotency-Key", key);
            person.request()
                    .header("Idempotency-Key", key)
                    .body("{\"text\":\"another\"}")
                    .put("/chat")
                    .then()
                    .statusCode(200);
        }
    }

    private static String name() {
        return "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }

    private static String signUp(String username, String email) {
        return "{\"username\":\"" + username + "\",\"email\":\"" + email + "\",\"password\":\"correct horse\"}";
    }

    private String logIn(String password) {
        return "{\"username\":\"" + person.username() + "\",\"password\":\"" + password + "\"}";
    }

    private static String deletion(String password) {
        return "{\"password\":\"" + password + "\"}";
    }

    private static String answer(UUID request, boolean accept) {
        return "{\"request_id\":\"" + request + "\",\"accept\":" + accept + "}";
    }

    private static String typing(UUID conversation) {
        return "{\"is_typing\":true,\"conversation_id\":\"" + conversation + "\"}";
    }
}
