package org.xfchat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.RestAssured;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.Person;

/** Requests of somebody with a conversation and a message in it, to any operation of the document. */
record SomebodysRequests(Person person, UUID conversation, UUID message) {
    static SomebodysRequests ofOneWithAConversation() {
        Person person = Person.signUp();
        UUID conversation = person.befriend(Person.signUp());
        return new SomebodysRequests(person, conversation, person.say(conversation, "first"));
    }

    /** As the document has them, references resolved. */
    static List<JsonNode> parameters(Operation operation) {
        return StreamSupport.stream(operation.description().path("parameters").spliterator(), false)
                .map(OpenApiDocument.COMMITTED::resolve)
                .toList();
    }

    /**
     * What the service answers.
     *
     * @param parameters by name; those of the path that are not there have somebody's own ids
     * @param body missing for none
     */
    int status(Operation operation, Map<String, String> parameters, JsonNode body) {
        String target = operation.path();
        List<String> query = new ArrayList<>();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + person.token());
        if (operation.path().equals("/realtime")) {
            headers.put("Subscribe", "true");
        }
        for (JsonNode parameter : parameters(operation)) {
            String name = parameter.get("name").asText();
            String value = parameters.get(name);
            switch (parameter.get("in").asText()) {
                case "path" ->
                    target = target.replace("{" + name + "}", encoded(value == null ? known(operation, name) : value));
                case "query" -> {
                    if (value != null) {
                        query.add(name + "=" + encoded(value));
                    }
                }
                default -> {
                    if (value != null) {
                        headers.put(name, value);
                    }
                }
            }
        }
        if (!body.isMissingNode()) {
            headers.put("Content-Type", "application/json");
        }
        String asked = query.isEmpty() ? target : target + "?" + String.join("&", query);
        HttpStream.Request request = new HttpStream.Request(
                operation.method(), asked, headers, body.isMissingNode() ? "" : body.toString(), 1, false, 64 << 10);
        try (HttpStream answer = HttpStream.open(RestAssured.port, request)) {
            return answer.status();
        }
    }

    private String known(Operation operation, String name) {
        return switch (name) {
            case "message" -> UUID.randomUUID().toString();
            case "id" -> (operation.path().contains("conversations") ? conversation : message).toString();
            default -> conversation.toString();
        };
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
