package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.BehindAProxy;
import org.xfchat.testing.OpenApiDocument;
import org.xfchat.testing.OpenApiDocument.Operation;
import org.xfchat.testing.TestDatabase;

/**
 * What the document says of a value is what the service does with it, for values around each of the document's bounds: the
 * acceptable ones are taken, the others refused for their form.
 */
@QuarkusTest
@Tag("whole-service")
@TestProfile(BehindAProxy.class)
@QuarkusTestResource(TestDatabase.class)
class OpenApiBoundsTest {
    /** The statuses of a request whose form is wrong. */
    private static final Set<Integer> REFUSED = Set.of(400, 413, 422);

    private static final int ACCOUNT_DELETED = 204;

    private static final int SHOWN = 60;
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;

    private final List<String> wrong = new ArrayList<>();
    private SomebodysRequests somebody;

    static Stream<String> operations() {
        return DOCUMENT.operations().stream().map(OpenApiBoundsTest::name);
    }

    private static String name(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    private static Operation operation(String name) {
        return DOCUMENT.operations().stream()
                .filter(candidate -> name(candidate).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode body(Operation operation) {
        return operation.description().at("/requestBody/content/application~1json");
    }

    @BeforeEach
    void arrive() {
        somebody = SomebodysRequests.ofOneWithAConversation();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void areThoseOfTheService(String name) {
        Operation operation = operation(name);
        hold(name, operation, Map.of(), firstExample(operation), true);
        for (JsonNode parameter : SomebodysRequests.parameters(operation)) {
            probe(name, operation, parameter);
        }
        for (JsonNode example : DOCUMENT.examples(body(operation))) {
            probe(name, operation, example, List.of());
        }
        assertThat(wrong).isEmpty();
    }

    /** Otherwise nothing of it is tried above. */
    @Test
    void everyPropertyOfABodyIsInAnExample() {
        for (Operation operation : DOCUMENT.operations()) {
            Set<String> shown = new HashSet<>();
            DOCUMENT.examples(body(operation)).forEach(example -> names(example, shown));
            Set<String> documented = new HashSet<>();
            properties(body(operation).path("schema"), documented);
            assertThat(shown).as(name(operation)).containsAll(documented);
        }
    }

    private static void names(JsonNode example, Set<String> found) {
        example.properties().forEach(member -> {
            found.add(member.getKey());
            names(member.getValue(), found);
        });
    }

    private static void properties(JsonNode schema, Set<String> found) {
        JsonNode resolved = DOCUMENT.resolve(schema);
        resolved.path("oneOf").forEach(one -> properties(one, found));
        resolved.path("properties").properties().forEach(property -> {
            found.add(property.getKey());
            properties(property.getValue(), found);
        });
    }

    private static JsonNode firstExample(Operation operation) {
        return DOCUMENT.examples(body(operation)).stream().findFirst().orElse(MissingNode.getInstance());
    }

    // Parameters

    private void probe(String name, Operation operation, JsonNode parameter) {
        String in = parameter.get("in").asText();
        JsonNode schema = parameter.get("schema");
        String beyond = parameter.path("x-beyond").asText();
        for (String value : candidates(parameter)) {
            if (!canBeSent(value, in)) {
                continue;
            }
            JsonNode read = read(schema, value);
            boolean documented = DOCUMENT.faults(schema, read).isEmpty()
                    || beyond.equals("ignored")
                    || (in.equals("query") && value.isEmpty())
                    || (beyond.equals("clamped") && read.isIntegralNumber());
            hold(name, operation, Map.of(parameter.get("name").asText(), value), firstExample(operation), documented);
        }
    }

    /** Whether it arrives as it is. */
    private static boolean canBeSent(String value, String in) {
        return switch (in) {
            case "header" -> value.matches("[\\t -~]*") && value.equals(value.strip());
            case "path" -> !value.isEmpty();
            default -> true;
        };
    }

    private Set<String> candidates(JsonNode parameter) {
        JsonNode schema = parameter.get("schema");
        String type = DOCUMENT.resolve(schema).path("type").asText();
        Set<String> candidates = new LinkedHashSet<>();
        if (type.equals("integer")) {
            Bounds.numbers(schema).forEach(number -> candidates.add(number.toString()));
            candidates.addAll(List.of("x", "1.5", "0x1", "1 0", "9".repeat(30)));
        } else if (type.equals("array")) {
            candidates.addAll(List.of("direct", "group", "direct,group", "", "x", "direct,x", "Direct", ","));
        } else {
            for (String right : right(parameter)) {
                candidates.addAll(Bounds.texts(schema, right));
            }
        }
        return candidates;
    }

    /** Values that are as they should be. */
    private List<String> right(JsonNode parameter) {
        String id = somebody.conversation().toString();
        return switch (parameter.get("name").asText()) {
            case "Version", "Parents" ->
                List.of(
                        "\"a\"",
                        "\"a\", \"b\"",
                        "\"" + "x".repeat(199) + "\"",
                        "\"" + "x".repeat(200) + "\"",
                        "\"" + "x".repeat(201) + "\"",
                        "\"" + "\\u00e9".repeat(200) + "\"",
                        "\"" + "\\u00e9".repeat(201) + "\"",
                        "\"" + "\\ud83d\\ude00".repeat(100) + "\"",
                        "\"" + "\\ud83d\\ude00".repeat(101) + "\"",
                        "\"\"",
                        "\"\\u0000\"",
                        "\"\\u0085\"",
                        "\"\\ud800\"",
                        "\"\\n\"",
                        "\"\\/\"",
                        "\"a\",",
                        "a");
            case "after" -> List.of("1_" + id, "1".repeat(18) + "_" + id, "1".repeat(19) + "_" + id, id);
            case "Heartbeats" -> List.of("20s", "0");
            case "Last-Event-ID", "lastEventId" -> List.of("1", "1-1", "x");
            case "Idempotency-Key" -> List.of("mine");
            case "message" -> List.of(UUID.randomUUID().toString());
            case "id" -> List.of(somebody.message().toString(), id, id.toUpperCase(Locale.ROOT));
            default -> List.of(id);
        };
    }

    private static JsonNode read(JsonNode schema, String value) {
        String type = DOCUMENT.resolve(schema).path("type").asText();
        if (type.equals("integer") && value.matches("-?\\d+")) {
            return JsonNodeFactory.instance.numberNode(new BigInteger(value));
        }
        if (type.equals("array")) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            Stream.of(value.split(",", -1)).forEach(array::add);
            return array;
        }
        return TextNode.valueOf(value);
    }

    // Bodies

    /** Puts other values to each place of an example, at any depth. */
    private void probe(String name, Operation operation, JsonNode example, List<String> path) {
        JsonNode here = at(example, path);
        for (Map.Entry<String, JsonNode> member : here.properties()) {
            List<String> place = new ArrayList<>(path);
            place.add(member.getKey());
            for (JsonNode schema : Bounds.schemas(body(operation).get("schema"), place)) {
                for (JsonNode value : Bounds.values(schema, member.getValue())) {
                    holdChanged(name, operation, example, place, value);
                }
            }
            JsonNode without = example.deepCopy();
            ((ObjectNode) at(without, path)).remove(member.getKey());
            hold(name, operation, Map.of(), without, isDocumented(operation, without));
            if (member.getValue().isObject()) {
                probe(name, operation, example, place);
            }
        }
    }

    private void holdChanged(String name, Operation operation, JsonNode example, List<String> place, JsonNode value) {
        JsonNode changed = example.deepCopy();
        ((ObjectNode) at(changed, place.subList(0, place.size() - 1))).set(place.get(place.size() - 1), value);
        boolean fits = Bounds.schemas(body(operation).get("schema"), place).stream()
                .flatMap(schema -> Bounds.found(schema, "x-max-bytes").stream())
                .allMatch(most -> value.asText().getBytes(StandardCharsets.UTF_8).length <= most.intValueExact());
        boolean isIgnored = Bounds.schemas(body(operation).get("schema"), place).stream()
                .anyMatch(schema -> schema.path("x-beyond").asText().equals("ignored"));
        hold(name, operation, Map.of(), changed, isIgnored || (fits && isDocumented(operation, changed)));
    }

    private static boolean isDocumented(Operation operation, JsonNode body) {
        return DOCUMENT.faults(body(operation).get("schema"), body).isEmpty();
    }

    private static JsonNode at(JsonNode node, List<String> path) {
        JsonNode here = node;
        for (String name : path) {
            here = here.path(name);
        }
        return here;
    }

    // Requests

    private void hold(
            String name, Operation operation, Map<String, String> parameters, JsonNode body, boolean documented) {
        int status = somebody.status(operation, parameters, body);
        if (status == ACCOUNT_DELETED) {
            arrive();
        }
        if (status >= 500 || status == 0 || REFUSED.contains(status) == documented) {
            String value = parameters.isEmpty() ? body.toString() : parameters.toString();
            wrong.add(name + " answered " + status + " to what the document "
                    + (documented ? "accepts: " : "refuses: ")
                    + value.substring(0, Math.min(value.length(), SHOWN)).replaceAll("\\p{Cntrl}", "?") + "... ("
                    + value.length() + ")");
        }
    }
}
