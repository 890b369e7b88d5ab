package org.xfchat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.xfchat.testing.OpenApiDocument;

/** Values at the bounds that a schema of the OpenAPI document has, and a little beyond, made from one that is right. */
final class Bounds {
    /** What one place or another refuses: white space and control characters of all kinds, marks, and what is not ASCII. */
    private static final List<String> PECULIAR = List.of(
            " ",
            "\t",
            "\0",
            "\u001c",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u2003",
            "\u2007",
            "\u3000",
            "\u00e9",
            "\ud83d\ude00",
            "_",
            "-",
            "1",
            "@",
            "\"",
            "\\",
            ",");

    private static final OpenApiDocument DOCUMENT = OpenApiDocument.COMMITTED;
    private static final String WIDE = "\ud83d\ude00";

    private Bounds() {}

    /** Texts for a schema of texts, the right one among them. */
    static Set<String> texts(JsonNode schema, String right) {
        Set<String> texts = new LinkedHashSet<>(List.of(right, ""));
        for (BigInteger bound : found(schema, "minLength", "maxLength", "x-max-bytes")) {
            for (int length = bound.intValueExact() - 1; length <= bound.intValueExact() + 1; length++) {
                if (length >= 0) {
                    texts.add(ofLength(right, length, "a"));
                    texts.add(ofLength(right, length, WIDE));
                }
            }
        }
        int middle = right.offsetByCodePoints(0, right.codePointCount(0, right.length()) / 2);
        for (String peculiar : PECULIAR) {
            texts.add(peculiar);
            texts.add(peculiar + right);
            texts.add(right.substring(0, middle) + peculiar + right.substring(middle));
        }
        return texts;
    }

    /** Numbers for a schema of numbers. */
    static Set<BigInteger> numbers(JsonNode schema) {
        Set<BigInteger> numbers = new LinkedHashSet<>(List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN));
        for (BigInteger bound : found(schema, "minimum", "maximum")) {
            numbers.addAll(List.of(bound.subtract(BigInteger.ONE), bound, bound.add(BigInteger.ONE)));
        }
        return numbers;
    }

    /** Values of all types, and those of the right one's type at their bounds. */
    static List<JsonNode> values(JsonNode schema, JsonNode right) {
        List<JsonNode> values = new ArrayList<>(List.of(
                NullNode.instance,
                BooleanNode.TRUE,
                TextNode.valueOf("x"),
                JsonNodeFactory.instance.numberNode(7),
                DecimalNode.valueOf(new BigDecimal("1.5")),
                JsonNodeFactory.instance.arrayNode(),
                JsonNodeFactory.instance.objectNode()));
        if (right.isTextual()) {
            texts(schema, right.textValue()).forEach(text -> values.add(TextNode.valueOf(text)));
        } else if (right.isNumber()) {
            numbers(schema).forEach(number -> values.add(JsonNodeFactory.instance.numberNode(number)));
        }
        return values;
    }

    /** Cut, or with as much behind it as is missing, in code points. */
    private static String ofLength(String text, int length, String filling) {
        int has = text.codePointCount(0, text.length());
        return has >= length
                ? text.substring(0, text.offsetByCodePoints(0, length))
                : text + filling.repeat(length - has);
    }

    /** What stands under these names in a schema and in all that it refers to. */
    static SortedSet<BigInteger> found(JsonNode schema, String... names) {
        SortedSet<BigInteger> found = new TreeSet<>();
        JsonNode resolved = DOCUMENT.resolve(schema);
        for (String name : names) {
            if (resolved.path(name).isIntegralNumber()) {
                found.add(resolved.get(name).bigIntegerValue());
            }
        }
        resolved.path("oneOf").forEach(one -> found.addAll(found(one, names)));
        return found;
    }

    /** Those that the document has for a place in a body. */
    static List<JsonNode> schemas(JsonNode schema, List<String> place) {
        JsonNode resolved = DOCUMENT.resolve(schema);
        if (place.isEmpty()) {
            return List.of(resolved);
        }
        List<JsonNode> found = new ArrayList<>();
        resolved.path("oneOf").forEach(one -> found.addAll(schemas(one, place)));
        JsonNode property = resolved.path("properties").path(place.get(0));
        if (!property.isMissingNode()) {
            found.addAll(schemas(property, place.subList(1, place.size())));
        }
        return found;
    }
}
