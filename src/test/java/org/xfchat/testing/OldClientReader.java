package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads a stream as the old desktop client does (contract 2.1, rules 2 to 5): line by line, without a look at what the answer says
 * to be, and everything that does not fit is passed over in silence.
 */
public final class OldClientReader {
    /** A piece that is no text by itself, on which the old client drops the connection. */
    public static final class BrokenPieceException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private BrokenPieceException(CharacterCodingException cause) {
            super("a piece is not UTF-8 by itself", cause);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final List<JsonNode> messages = new ArrayList<>();
    private final StringBuilder rest = new StringBuilder();
    private int discarded;

    /** A new connection begins. */
    public synchronized void reconnected() {
        rest.setLength(0);
    }

    /** Takes a piece as it came from the network. */
    public synchronized void feed(byte[] piece) {
        try {
            rest.append(UTF_8.newDecoder().decode(ByteBuffer.wrap(piece)));
        } catch (CharacterCodingException broken) {
            throw new BrokenPieceException(broken);
        }
        int from = 0;
        for (int at = rest.indexOf("\n"); at >= 0; at = rest.indexOf("\n", from)) {
            String line = rest.substring(from, at);
            line(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            from = at + 1;
        }
        rest.delete(0, from);
    }

    private void line(String line) {
        String json;
        if (line.startsWith(DATA)) {
            json = line.substring(DATA.length());
        } else if (line.startsWith("{") && line.endsWith("}")) {
            json = line;
        } else {
            return;
        }
        try {
            JsonNode message = JSON.readTree(json);
            if (isChatMessage(message)) {
                messages.add(message);
                return;
            }
        } catch (JsonProcessingException noJson) {
            // Passed over like what is no message.
        }
        discarded++;
    }

    /** Whether the client's deserialiser accepts it: every field there, not null, of its type (contract 0.1). */
    static boolean isChatMessage(JsonNode message) {
        return message.isObject()
                && isUuid(message.path("id"))
                && isUuid(message.path("conversation_id"))
                && isUuid(message.path("sender_id"))
                && message.path("content").isTextual()
                && (!message.has("message_type") || isMessageType(message.path("message_type")))
                && message.path("timestamp").isTextual()
                && message.path("is_read").isBoolean()
                && message.path("is_delivered").isBoolean()
                && isUnsigned(message.path("crdt_timestamp"))
                && message.path("braid_version").isTextual()
                && message.path("braid_parents").isArray()
                && all(message.path("braid_parents"), JsonNode::isTextual)
                && (!message.has("version_vector")
                        || message.path("version_vector").path("versions").isObject());
    }

    private static boolean isMessageType(JsonNode type) {
        return switch (type.path("type").asText()) {
            case "text", "system" -> true;
            case "image" -> type.path("url").isTextual();
            case "file" ->
                type.path("url").isTextual()
                        && type.path("filename").isTextual()
                        && type.path("mime_type").isTextual()
                        && isUnsigned(type.path("size"));
            default -> false;
        };
    }

    private static boolean isUnsigned(JsonNode number) {
        return number.isIntegralNumber() && number.bigIntegerValue().signum() >= 0;
    }

    private static boolean isUuid(JsonNode id) {
        try {
            return id.isTextual() && UUID.fromString(id.asText()).toString().length() == 36;
        } catch (IllegalArgumentException other) {
            return false;
        }
    }

    private static boolean all(JsonNode array, java.util.function.Predicate<JsonNode> test) {
        for (JsonNode element : array) {
            if (!test.test(element)) {
                return false;
            }
        }
        return true;
    }

    /** Takes away what the client would have shown since the last call, in that order. */
    public synchronized List<JsonNode> poll() {
        List<JsonNode> polled = List.copyOf(messages);
        messages.clear();
        return polled;
    }

    /** How many lines looked like a message and were none. */
    public synchronized int discarded() {
        return discarded;
    }
}
