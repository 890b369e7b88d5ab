package org.xfchat.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a test needs but is not about, to the service under test. REST Assured compiles a script for every value that is
 * read out of an answer, and the set-up of one test reads several.
 */
public final class SetUp {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SetUp() {}

    /** An answer of any status. */
    static HttpResponse<String> send(
            String method, String path, @Nullable String token, @Nullable Map<String, ?> body) {
        URI address = URI.create(RestAssured.baseURI + ":" + RestAssured.port + path);
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(address);
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            if (body == null) {
                request.method(method, HttpRequest.BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
            }
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            answer.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
            OpenApiCheck.hold(
                    method, address.getPath(), new OpenApiCheck.Answer(answer.statusCode(), answer.body(), headers));
            return answer;
        } catch (IOException failed) {
            throw new UncheckedIOException(method + " " + address, failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** The body of what was asked for; fails the test where the answer is not 200. */
    public static JsonNode done(String method, String path, String token, @Nullable Map<String, ?> body) {
        return done(send(method, path, token, body));
    }

    /** The body of an answer; fails the test where it is not 200. */
    static JsonNode done(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.request().method() + " " + answer.uri() + " was answered "
                    + answer.statusCode() + ": " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException garbage) {
            throw new AssertionError(answer.body(), garbage);
        }
    }
}
