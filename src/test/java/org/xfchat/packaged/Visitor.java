package org.xfchat.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.Service;

/** Somebody who is logged in at a packaged service, and what they see there. */
record Visitor(Service service, UUID id, String username, String token) {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /** An answer's status and body, which is null where it is empty. */
    record Answer(int status, JsonNode body) {}

    /** Logs in by a name or an address; empty when that is refused as a wrong password is. */
    static Optional<Visitor> logIn(Service service, String name, String password) {
        Answer answer = send(service, "", "POST", "/api/auth/login", Map.of("username", name, "password", password));
        return switch (answer.status()) {
            case 200 -> Optional.of(of(service, answer.body()));
            case 401 -> Optional.empty();
            default -> throw new AssertionError(name + " logs in: " + answer);
        };
    }

    static Visitor signUp(Service service, String username, String password) {
        Answer answer = send(
                service,
                "",
                "POST",
                "/api/auth/signup",
                Map.of("username", username, "email", username + "@new.test", "password", password));
        if (answer.status() != 200) {
            throw new AssertionError(username + " signs up: " + answer);
        }
        return of(service, answer.body());
    }

    private static Visitor of(Service service, JsonNode session) {
        return new Visitor(
                service,
                UUID.fromString(session.at("/user/id").asText()),
                session.at("/user/username").asText(),
                session.path("token").asText());
    }

    /** The same person at another process, or at the same one after another start. */
    Visitor at(Service other) {
        return new Visitor(other, id, username, token);
    }

    /** What somebody is answered who has no token. */
    static Answer anonymously(Service service, String method, String path, Map<String, ?> body) {
        return send(service, "", method, path, body);
    }

    Answer get(String path) {
        return send(service, token, "GET", path, null);
    }

    Answer post(String path, Map<String, ?> body) {
        return send(service, token, "POST", path, body);
    }

    Answer put(String path, Map<String, ?> body) {
        return send(service, token, "PUT", path, body);
    }

    /** A body of an answer that must be 200. */
    JsonNode read(String path) {
        Answer answer = get(path);
        if (answer.status() != 200) {
            throw new AssertionError(username + " reads " + path + ": " + answer);
        }
        return answer.body();
    }

    /** A conversation from its first message to its last, page by page through the REST endpoint. */
    List<JsonNode> history(UUID conversation) {
        List<JsonNode> newestFirst = new ArrayList<>();
        String before = "";
        boolean more = true;
        while (more) {
            JsonNode page = read("/api/conversations/" + conversation + "/messages?limit=500" + before);
            page.path("messages").forEach(newestFirst::add);
            more = page.path("has_more").asBoolean();
            if (more) {
                before = "&before="
                        + newestFirst.get(newestFirst.size() - 1).path("id").asText();
            }
        }
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    /** Sends a text; the message's id. */
    UUID say(UUID conversation, String content) {
        UUID message = UUID.randomUUID();
        Answer answer = put(
                "/sync/conversations/" + conversation + "/messages/" + message,
                Map.of("content", content, "message_type", "text"));
        if (answer.status() != 200) {
            throw new AssertionError(username + " says " + content + ": " + answer);
        }
        return message;
    }

    private static Answer send(
            Service service, String token, String method, String path, @Nullable Map<String, ?> body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(service.uri(path))
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofString(JSON.writeValueAsString(body)));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            boolean isJson = response.body().startsWith("{") || response.body().startsWith("[");
            return new Answer(response.statusCode(), isJson ? JSON.readTree(response.body()) : NullNode.getInstance());
        } catch (IOException noAnswer) {
            throw new AssertionError(path, noAnswer);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
