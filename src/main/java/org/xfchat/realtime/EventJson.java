package org.xfchat.realtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.xfchat.stream.ServerSentEvents;

/** Events as JSON: as they are made, as replicas tell each other, as subscribers read them. */
@Singleton
class EventJson {
    private final ObjectMapper json;
    private final ObjectWriter sevenBit;
    private final Clock clock;

    EventJson(ObjectMapper json, Clock clock) {
        this.json = json;
        this.sevenBit = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
        this.clock = clock;
    }

    /** An event of this moment. */
    RealtimeEvent event(String name, Object payload) {
        ObjectNode event = json.createObjectNode();
        if (RealtimeEvent.KNOWN.contains(name)) {
            event.put("event_type", name);
        } else {
            event.putObject("event_type").put("custom", name);
        }
        event.set("payload", json.valueToTree(payload));
        event.set("timestamp", json.valueToTree(clock.instant()));
        event.putNull("version");
        return new RealtimeEvent(name, event);
    }

    /** As subscribers read it: 7-bit, one line of data, as the old client needs it (contract 2.1). */
    Buffer frame(RealtimeEvent event) {
        try {
            return ServerSentEvents.event(null, event.name(), sevenBit.writeValueAsBytes(event.json()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree is always writable", impossible);
        }
    }

    String text(RealtimeEvent event) {
        return event.json().toString();
    }

    /** @throws IllegalArgumentException when it is no JSON */
    JsonNode tree(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not JSON", malformed);
        }
    }
}
