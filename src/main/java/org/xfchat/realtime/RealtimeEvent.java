package org.xfchat.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The contract's {@code RealtimeEvent}.
 *
 * @param name what {@code types} asks for: of a custom event its own name
 * @param json {@code event_type}, {@code payload}, {@code timestamp}, {@code version} (always null: nothing is resumed)
 */
record RealtimeEvent(String name, JsonNode json) {
    /** The types that are none of the custom ones. */
    static final Set<String> KNOWN = Set.of("message", "notification", "status", "typing");

    /** It stands in a line of its own in the stream. */
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,40}");

    RealtimeEvent {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not an event's name");
        }
    }

    /**
     * One that another replica has made.
     *
     * @throws IllegalArgumentException when it is none
     */
    static RealtimeEvent of(JsonNode json) {
        JsonNode type = json.path("event_type");
        return new RealtimeEvent(
                type.isTextual() ? type.asText() : type.path("custom").asText(), json);
    }
}
