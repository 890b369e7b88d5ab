package org.xfchat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;

/**
 * Requests to an operation of the OpenAPI document, from right to absurd: each part is the documented one, one that another
 * place knows, or nonsense.
 */
final class Hostile {
    /** Stands in nonsense, so that a test can see where it comes out again. */
    static final String MARK = "zqzq";

    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;

    /** What else a client, a proxy or an attacker sends. */
    private static final Map<String, List<String>> HEADERS = Map.ofEntries(
            Map.entry(
                    "Accept",
                    List.of(
                            "application/json",
                            "application/problem+json;q=0.3, text/plain;q=0",
                            "text/event-stream",
                            "image/png",
                            "*",
                            ";q=",
                            "text/event-stream;q=0")),
            Map.entry("Accept-Encoding", List.of("gzip, br", "identity;q=0", "*;q=0")),
            Map.entry("Content-Encoding", List.of("gzip", "x-" + MARK)),
            Map.entry(
                    "Content-Type",
                    List.of("application/json", "text/plain", "application/json; charset=utf-16", "x", "")),
            Map.entry("Content-Range", List.of("json [-0:-0]", "bytes 0-1/2")),
            Map.entry("Patches", List.of("1", "-1")),
            Map.entry("Range", List.of("bytes=0-0", "bytes=-1")),
            Map.entry("If-None-Match", List.of("*", "W/\"x\"", "\"")),
            Map.entry("If-Modified-Since", List.of("Thu, 01 Jan 1970 00:00:00 GMT", "never")),
            Map.entry("Origin", List.of("https://" + MARK + ".test", "null", "")),
            Map.entry("Subscribe", List.of("true", "?1", "?0", "", MARK)),
            Map.entry("Version", List.of("\"a\"", "\"a\", \"b\"", MARK, "\"", "\"\\u0000\"", "\"\\ud800\"")),
            Map.entry("Parents", List.of("\"a\"", "\"a\", \"b\"", MARK, "[", "\"" + "x".repeat(300) + "\"")),
            Map.entry("Heartbeats", List.of("20s", "0", "-1", "1e9", MARK)),
            Map.entry("Last-Event-ID", List.of("0", "1", "-1", "99999999999999999999", MARK)),
            Map.entry("Idempotency-Key", List.of("", MARK, "x".repeat(300))),
            Map.entry("X-Request-Id", List.of("abc", "<" + MARK + ">", "x".repeat(100))),
            Map.entry("X-HTTP-Method-Override", List.of("DELETE")),
            Map.entry("X-Forwarded-For", List.of("127.0.0.1", "::1, " + MARK)),
            Map.entry("Forwarded", List.of("for=_" + MARK + ";host=" + MARK)),
            Map.entry("X-Dev-User-Id", List.of("00000000-0000-0000-0000-000000000001")),
            Map.entry("Multiplex-Through", List.of("/.well-known/multiplexer/a/b")),
            Map.entry("Cookie", List.of("a=b; c", MARK)),
            Map.entry("Connection", List.of("close", "keep-alive, " + MARK)));

    /**
     * Who asks, and about what: ids that some of them may see, tokens that let some of them in.
     *
     * @param passwords what must not be sent, so that nobody's account is gone
     */
    record World(List<String> ids, List<String> tokens, List<String> passwords) {}

    private final World world;

    Hostile(World world) {
        this.world = world;
    }

    Arbitrary<HttpStream.Request> requests(Operation operation) {
        return Combinators.combine(target(operation), headers(operation), body(operation))
                .as((target, headers, body) ->
                        new HttpStream.Request(operation.method(), target, headers, body, 1 << 20, true, 64 << 10));
    }

    /** Anything that can be written into an address or a header without breaking the request's own lines. */
    private static Arbitrary<String> nonsense() {
        return Arbitraries.oneOf(
                        Arbitraries.strings().withCharRange('!', '~').ofMaxLength(20),
                        Arbitraries.strings().all().excludeChars('\u007f').ofMaxLength(10),
                        Arbitraries.of(
                                "null",
                                "undefined",
                                "NaN",
                                "-1",
                                "1e400",
                                "' or 1=1 --",
                                "${jndi:x}",
                                "{{7*7}}",
                                "../.."))
                .map(text -> MARK + text.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?"));
    }

    /** One part of an address. */
    private Arbitrary<String> segment() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(world.ids())),
                Tuple.of(1, Arbitraries.create(() -> java.util.UUID.randomUUID().toString())),
                Tuple.of(1, Arbitraries.of(world.ids()).map(id -> id.toUpperCase(java.util.Locale.ROOT))),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "%00", "%ff", "%0d%0aX-A:%20" + MARK, "%F0%9F%98%80", "1-1-1-1-1", "x", "%25", "-1")),
                Tuple.of(
                        1,
                        Arbitraries.strings()
                                .alpha()
                                .numeric()
                                .ofMinLength(1)
                                .ofMaxLength(60)
                                .map(text -> MARK + text)),
                Tuple.of(1, Arbitraries.just("x".repeat(3_000))));
    }

    private Arbitrary<String> target(Operation operation) {
        List<Arbitrary<String>> parts = new ArrayList<>();
        List<String> between = List.of(operation.path().split("\\{\\w+}", -1));
        for (int i = 0; i < between.size(); i++) {
            parts.add(Arbitraries.just(between.get(i)));
            if (i < between.size() - 1) {
                parts.add(segment());
            }
        }
        Arbitrary<String> path = Combinators.combine(parts).as(all -> String.join("", all));
        return Combinators.combine(path, query(operation)).as(String::concat);
    }

    private Arbitrary<String> query(Operation operation) {
        List<JsonNode> documented = parameters(operation, "query");
        Arbitrary<String> name = documented.isEmpty()
                ? Arbitraries.of("limit", "access_token")
                : Arbitraries.of(
                        documented.stream().map(one -> one.get("name").asText()).toList());
        List<String> examples =
                new ArrayList<>(List.of("1", "0", "-1", "4000000000", "99999999999999999999", "", "%00", "%ff"));
        documented.forEach(one -> DOCUMENT.examples(one).forEach(example -> examples.add(example.asText())));
        examples.addAll(world.ids());
        Arbitrary<String> value = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(examples)),
                Tuple.of(1, nonsense().map(text -> text.replaceAll("[^!$&-;=?-Z_a-z~]", "+"))));
        Arbitrary<String> pairs = Combinators.combine(name, value)
                .as((key, content) -> key + "=" + content)
                .list()
                .ofMaxSize(3)
                .map(all -> all.isEmpty() ? "" : "?" + String.join("&", all));
        return Arbitraries.frequencyOf(
                Tuple.of(12, pairs),
                Tuple.of(1, Arbitraries.of("?", "?=", "?&&", "?limit", "?a=" + "x".repeat(5_000))));
    }

    private Arbitrary<Map<String, String>> headers(Operation operation) {
        List<Map.Entry<String, String>> known = new ArrayList<>();
        HEADERS.forEach((name, values) -> values.forEach(value -> known.add(Map.entry(name, value))));
        for (JsonNode header : parameters(operation, "header")) {
            DOCUMENT.examples(header)
                    .forEach(example -> known.add(Map.entry(header.get("name").asText(), example.asText())));
        }
        known.sort(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
        Arbitrary<Map.Entry<String, String>> header = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(known)),
                Tuple.of(
                        1,
                        Combinators.combine(Arbitraries.of(known), nonsense())
                                .as((one, text) -> Map.entry(one.getKey(), text))));
        Arbitrary<String> token = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.of(world.tokens()).map(one -> "Bearer " + one)),
                Tuple.of(1, Arbitraries.of("", "Bearer", "Bearer ", "Basic dTpw", "Bearer a.b.c")),
                Tuple.of(1, nonsense().map(text -> "Bearer " + text)));
        return Combinators.combine(
                        token,
                        Arbitraries.integers().between(0, 9),
                        header.list().ofMaxSize(5),
                        body())
                .as((authorization, none, others, type) -> {
                    Map<String, String> all = new LinkedHashMap<>();
                    others.forEach(one -> all.put(one.getKey(), one.getValue()));
                    if (none != 0) {
                        all.put("Authorization", authorization);
                    }
                    if (!type.isEmpty()) {
                        all.put("Content-Type", type);
                    }
                    return all;
                });
    }

    /** Most bodies are announced as what they should be. */
    private static Arbitrary<String> body() {
        return Arbitraries.frequency(Tuple.of(4, "application/json"), Tuple.of(1, ""));
    }

    private static List<JsonNode> parameters(Operation operation, String in) {
        return StreamSupport.stream(operation.description().path("parameters").spliterator(), false)
                .map(DOCUMENT::resolve)
                .filter(parameter -> parameter.get("in").asText().equals(in))
                .toList();
    }

    private Arbitrary<String> body(Operation operation) {
        JsonNode content = operation.description().path("requestBody").path("content");
        List<JsonNode> examples = new ArrayList<>();
        content.forEach(type -> examples.addAll(DOCUMENT.examples(type)));
        Arbitrary<String> any = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just("")), Tuple.of(1, value()), Tuple.of(1, nonsense()));
        if (examples.isEmpty()) {
            return any;
        }
        Arbitrary<String> changed =
                Arbitraries.of(examples).flatMap(this::changed).map(this::harmless);
        Arbitrary<String> cut = Combinators.combine(
                        changed, Arbitraries.doubles().between(0, 1))
                .as((text, share) -> text.substring(0, (int) (text.length() * share)));
        return Arbitraries.frequencyOf(Tuple.of(6, changed), Tuple.of(1, cut), Tuple.of(2, any));
    }

    private String harmless(String body) {
        String harmless = body;
        for (String password : world.passwords()) {
            harmless = harmless.replace(password, "not " + MARK + password.substring(1));
        }
        return harmless;
    }

    /** An example with some of its values replaced, and a member that nobody asked for. */
    private Arbitrary<String> changed(JsonNode example) {
        List<Arbitrary<String>> members = new ArrayList<>();
        example.properties()
                .forEach(member -> members.add(Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.just(member.getValue().toString())),
                                Tuple.of(2, Arbitraries.of(world.ids()).map(id -> '"' + id + '"')),
                                Tuple.of(1, value()))
                        .map(value -> '"' + member.getKey() + "\":" + value)));
        members.add(value().map(value -> "\"" + MARK + "\":" + value));
        Function<List<String>, String> object = all -> "{" + String.join(",", all) + "}";
        return Combinators.combine(members).as(object);
    }

    private static Arbitrary<String> value() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "true",
                        "0",
                        "-1",
                        "1.5",
                        "1e400",
                        "1e999999999",
                        "9".repeat(1_000),
                        "\"\"",
                        "[]",
                        "{}",
                        "NaN",
                        "\"\\u0000\"",
                        "\"\\ud800\"",
                        "\"a@b\"",
                        "\"1-1-1-1-1\"",
                        "{\"type\":\"image\",\"url\":\"u\"}",
                        "{\"type\":\"file\"}",
                        "[".repeat(2_000) + "]".repeat(2_000),
                        '"' + "x".repeat(300) + '"',
                        "\"image\"",
                        "\"system\"",
                        "\"\ud83d\ude00\u2028\"",
                        '"' + "\u20ac".repeat(400_000) + '"'),
                Arbitraries.strings()
                        .all()
                        .ofMaxLength(30)
                        .map(text -> new com.fasterxml.jackson.databind.node.TextNode(MARK + text).toString()));
    }
}
