package org.xfchat.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.xfchat.braid.Updates;
import org.xfchat.cursor.Format;
import org.xfchat.log.Entry;
import org.xfchat.participant.Participants;
import org.xfchat.stream.ServerSentEvents;

/** What messages look like in streams: 7-bit, one line each, because the old client reads no other (contract 2.1). */
@Singleton
class MessageEncoder {
    /** {@code is_read} is of the moment, and a live message is read by nobody. */
    private static final Participants NOBODY = new Participants(Map.of());

    /** The server-sent form at an epoch, which is part of its ids. */
    private record Sse(int epoch, Format format) {}

    private final ObjectWriter json;
    private final Format braid = new Format("braid", this::append);
    private volatile Sse sse = sse(0);

    MessageEncoder(ObjectMapper json) {
        this.json = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
    }

    private byte[] json(Entry entry, Participants participants) {
        try {
            return json.writeValueAsBytes(MessageView.of(entry, participants));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a message is always writable", impossible);
        }
    }

    /** Each entry as an append patch. */
    Format braid() {
        return braid;
    }

    private Buffer append(Entry entry) {
        return Buffer.buffer(Updates.append(entry.version(), entry.parent(), json(entry, NOBODY)));
    }

    /** Messages, oldest first, as one state. */
    byte[] state(List<Entry> entries, Participants participants) {
        return Updates.array(
                entries.stream().map(entry -> json(entry, participants)).toList());
    }

    /** Each entry as an event. */
    Format events(int epoch) {
        Sse known = sse;
        if (known.epoch() != epoch) {
            known = sse(epoch);
            sse = known;
        }
        return known.format();
    }

    private Sse sse(int epoch) {
        return new Sse(epoch, new Format("sse", entry -> event(entry, epoch, NOBODY)));
    }

    Buffer event(Entry entry, int epoch, Participants participants) {
        return ServerSentEvents.event(ServerSentEvents.id(entry.seq(), epoch), "message", json(entry, participants));
    }
}
