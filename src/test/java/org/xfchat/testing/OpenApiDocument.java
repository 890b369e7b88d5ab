package org.xfchat.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The committed OpenAPI document, parsed once. */
public final class OpenApiDocument {
    private static final String REFERENCE = "$ref";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String EXTENSION = ",\"x-[a-z-]+\":(?:\\d+|\"[a-z]+\")";
    private static final ObjectMapper JSON = new ObjectMapper();

    // After the constants, which its constructor uses.
    public static final OpenApiDocument COMMITTED = new OpenApiDocument(read());

    /** A method at an address, as documented. */
    public record Operation(String method, String path, JsonNode description) {}

    private final JsonNode root;
    private final JsonNode definitions;
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private final Map<JsonNode, JsonSchema> validators = new ConcurrentHashMap<>();

    private OpenApiDocument(JsonNode root) {
        this.root = root;
        this.definitions = relocated(root.at("/components/schemas"));
    }

    private static JsonNode read() {
        // Whether it is on the class path of the tests of the packaged service depends on the build.
        try (InputStream document = Optional.ofNullable(
                        OpenApiDocument.class.getResourceAsStream("/META-INF/openapi.yaml"))
                .orElseGet(OpenApiDocument::source)) {
            return new YAMLMapper().readTree(document);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static InputStream source() {
        try {
            return Files.newInputStream(Path.of("src", "main", "resources", "META-INF", "openapi.yaml"));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /** The whole document. */
    public JsonNode root() {
        return root;
    }

    /** What a reference refers to; anything else is returned as it is. */
    public JsonNode resolve(JsonNode node) {
        JsonNode resolved = node;
        while (resolved.has(REFERENCE)) {
            String reference = resolved.get(REFERENCE).asText();
            resolved = root.at(reference.substring(1));
            if (resolved.isMissingNode()) {
                throw new AssertionError(reference + " refers to nothing");
            }
        }
        return resolved;
    }

    /** Every operation, in the order of the document. */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                operations.add(new Operation(
                        operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()));
            }
        }
        return operations;
    }

    /** The operations at an address, the address with the fewest variables where several fit; empty for none. */
    public List<Operation> at(String path) {
        Optional<String> template = operations().stream()
                .map(Operation::path)
                .filter(candidate -> path.matches(candidate.replaceAll("\\{[^}]*\\}", "[^/]+")))
                .min(Comparator.comparingLong(
                        candidate -> candidate.chars().filter(c -> c == '{').count()));
        return operations().stream()
                .filter(operation -> operation.path().equals(template.orElse(null)))
                .toList();
    }

    /** What is wrong with a value by a schema of the document; empty for nothing. */
    public List<String> faults(JsonNode schema, JsonNode value) {
        return validators.computeIfAbsent(schema, this::compile).validate(value).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private JsonSchema compile(JsonNode schema) {
        ObjectNode complete = (ObjectNode) relocated(schema);
        complete.set("$defs", definitions);
        return schemas.getSchema(complete);
    }

    /** References point into {@code $defs}, which the validator knows, and what it does not know is not there. */
    private static JsonNode relocated(JsonNode node) {
        try {
            JsonNode relocated =
                    JSON.readTree(node.toString().replace(SCHEMAS, "#/$defs/").replaceAll(EXTENSION, ""));
            relocated.findParents("pattern").forEach(OpenApiDocument::endPattern);
            return relocated;
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("it was JSON before", impossible);
        }
    }

    /** The end of a text is its end and nothing else, which in Java is not what it is in JSON Schema. */
    private static void endPattern(JsonNode schema) {
        String pattern = schema.get("pattern").asText();
        if (pattern.endsWith("$")) {
            ((ObjectNode) schema).put("pattern", pattern.substring(0, pattern.length() - 1) + "\\z");
        }
    }

    /** The examples of a media type, a parameter or a header; empty for none. */
    public List<JsonNode> examples(JsonNode described) {
        List<JsonNode> examples = new ArrayList<>();
        if (described.has("example")) {
            examples.add(described.get("example"));
        }
        Iterator<JsonNode> named = described.path("examples").elements();
        while (named.hasNext()) {
            examples.add(resolve(named.next()).get("value"));
        }
        return examples;
    }
}
