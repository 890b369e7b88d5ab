package org.xfchat.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.xfchat.testing.OpenApiDocument.Operation;

/**
 * Holds every answer that a test sees against the committed OpenAPI document: address, method, status, headers and body.
 *
 * <p>Not held: 404 at addresses and 405 for methods that are not documented, {@code OPTIONS}, and the document itself.
 */
public final class OpenApiCheck implements Filter {
    /** Headers that the document need not repeat for each. */
    public static final Set<String> ON_EVERY_ANSWER =
            Set.of("x-request-id", "content-security-policy", "referrer-policy", "x-content-type-options");

    public static final OpenApiCheck FILTER = new OpenApiCheck();

    /** What the HTTP layer answers before it looks for an operation, over HTTP/2 without a body. */
    private static final Set<Integer> BEFORE_ROUTING = Set.of(414, 431);

    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 2000;

    /** What came back, however it was asked for. */
    public record Answer(int status, String body, Map<String, String> headers) {
        private static Answer of(Response response) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().forEach(header -> headers.putIfAbsent(header.getName(), header.getValue()));
            return new Answer(
                    response.statusCode(), new String(response.asByteArray(), StandardCharsets.UTF_8), headers);
        }

        /** A header's value; names in any case where the map has it so, in lower case otherwise. */
        @Nullable
        String header(String name) {
            return headers.getOrDefault(name, headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    private OpenApiCheck() {}

    @Override
    public Response filter(
            FilterableRequestSpecification request, FilterableResponseSpecification response, FilterContext context) {
        Response answer = context.next(request, response);
        String path = path(request.getURI());
        if (!request.getMethod().equals("OPTIONS") && !path.equals("/q/openapi")) {
            hold(request.getMethod(), path, Answer.of(answer));
        }
        return answer;
    }

    /** Without a slash at the end, which makes no difference to the service. */
    private static String path(String uri) {
        String path = uri.replaceFirst("^\\w+://[^/?#]*", "").replaceFirst("[?#].*$", "");
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Fails the test where an answer to a method at an address, without its query, is not documented. */
    public static void hold(String method, String path, Answer answer) {
        int status = answer.status();
        List<Operation> here = DOCUMENT.at(path);
        if (here.isEmpty()) {
            require(
                    status == 403 || status == 404 || status == 413 || BEFORE_ROUTING.contains(status),
                    method,
                    path,
                    answer,
                    "the address");
            return;
        }
        String documented = method.equals("HEAD") ? "GET" : method;
        Optional<Operation> operation = here.stream()
                .filter(candidate -> candidate.method().equals(documented))
                .findFirst();
        if (operation.isEmpty()) {
            require(
                    status == 403 || status == 405 || status == 413 || BEFORE_ROUTING.contains(status),
                    method,
                    path,
                    answer,
                    "the method");
            require(
                    (status == 405) == (answer.header("Allow") != null),
                    method,
                    path,
                    answer,
                    "what it says of the methods");
            return;
        }
        JsonNode response = operation.get().description().path("responses").path(String.valueOf(status));
        require(!response.isMissingNode(), method, path, answer, "the status");
        JsonNode described = DOCUMENT.resolve(response);
        if (!answer.body().isEmpty()) {
            holdBody(method, path, answer, described.path("content"));
            holdHeaders(method, path, answer, described.path("headers"));
        } else if (!BEFORE_ROUTING.contains(status)) {
            require(method.equals("HEAD") || !described.has("content"), method, path, answer, "an empty body");
            holdHeaders(method, path, answer, described.path("headers"));
        }
    }

    private static void holdBody(String method, String path, Answer answer, JsonNode content) {
        String type = Optional.ofNullable(answer.header("Content-Type"))
                .map(header -> header.replaceFirst(";.*$", "").strip().toLowerCase(Locale.ROOT))
                .orElse("none");
        require(content.has(type), method, path, answer, "the content type " + type);
        String text = answer.body();
        List<String> faults = DOCUMENT.faults(content.get(type).get("schema"), parsed(type, text));
        require(faults.isEmpty(), method, path, answer, faults + " in the body " + text);
        if (type.equals("application/problem+json")) {
            String code = parsed(type, text).get("code").asText();
            require(content.get(type).path("examples").has(code), method, path, answer, "the code " + code);
        }
    }

    private static JsonNode parsed(String type, String text) {
        if (!type.endsWith("json")) {
            return TextNode.valueOf(text);
        }
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new AssertionError("not JSON: " + text, malformed);
        }
    }

    private static void holdHeaders(String method, String path, Answer answer, JsonNode headers) {
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            JsonNode described = DOCUMENT.resolve(header.getValue());
            String value = answer.header(header.getKey());
            if (value == null) {
                require(
                        !described.path("required").asBoolean(),
                        method,
                        path,
                        answer,
                        "the absence of " + header.getKey());
            } else {
                List<String> faults = DOCUMENT.faults(described.get("schema"), TextNode.valueOf(value));
                require(faults.isEmpty(), method, path, answer, faults + " in " + header.getKey() + ": " + value);
            }
        }
    }

    private static void require(boolean held, String method, String path, Answer answer, String what) {
        if (!held) {
            String message =
                    method + " " + path + " answered " + answer.status() + ", but openapi.yaml has not " + what;
            throw new AssertionError(message.substring(0, Math.min(message.length(), SHOWN)));
        }
    }
}
