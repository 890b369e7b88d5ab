package org.xfchat.message;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * What a client says a message is (contract 0.1 and 2.5).
 *
 * @param attributes what the type needs beside the content; empty for text
 */
record MessageType(String name, Map<String, Object> attributes) {
    private static final MessageType TEXT = new MessageType("text", Map.of());
    private static final int MAX_TEXT = 4096;
    private static final long MAX_U32 = 0xffff_ffffL;

    /**
     * Reads {@code message_type}; null is text.
     *
     * @throws ApiException {@code INVALID_REQUEST} for an unknown type and for {@code system}, which is never a client's;
     *     {@code UNPROCESSABLE} when a field is missing or has the wrong type
     */
    static MessageType of(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return TEXT;
        }
        if (!node.isTextual() && !node.isObject()) {
            throw new ApiException(ErrorCode.UNPROCESSABLE, "message_type must be a string or an object");
        }
        String name = node.isTextual() ? node.textValue() : node.path("type").asText();
        if (name.equals("text")) {
            return TEXT;
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (node.isObject() && name.equals("image")) {
            attributes.put("url", text(node, "url"));
            attributes.put("thumbnail", node.hasNonNull("thumbnail") ? text(node, "thumbnail") : null);
            attributes.put("width", node.hasNonNull("width") ? number(node, "width", MAX_U32) : null);
            attributes.put("height", node.hasNonNull("height") ? number(node, "height", MAX_U32) : null);
        } else if (node.isObject() && name.equals("file")) {
            attributes.put("filename", text(node, "filename"));
            attributes.put("size", number(node, "size", Long.MAX_VALUE));
            attributes.put("mime_type", text(node, "mime_type"));
            attributes.put("url", text(node, "url"));
        } else {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "message_type must be text, or an image or file object");
        }
        return new MessageType(name, attributes);
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new ApiException(ErrorCode.UNPROCESSABLE, "message_type." + field + " must be a string");
        }
        String text = value.textValue();
        if (text.codePointCount(0, text.length()) > MAX_TEXT || !Text.isStorable(text)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "message_type." + field + " must have at most " + MAX_TEXT + " characters, none of them U+0000");
        }
        return text;
    }

    private static Number number(JsonNode node, String field, long max) {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > max) {
            throw new ApiException(
                    ErrorCode.UNPROCESSABLE, "message_type." + field + " must be a whole number from 0 to " + max);
        }
        return value.numberValue();
    }
}
