package org.xfchat.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.xfchat.log.Entry;
import org.xfchat.participant.Participants;

/**
 * The contract's {@code ChatMessage}.
 *
 * @param messageType {@code type} and what belongs to it
 * @param crdtTimestamp the position in the conversation's log
 * @param braidParents exactly the previous version
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@RegisterForReflection
public record MessageView(
        UUID id,
        UUID conversationId,
        UUID senderId,
        String content,
        Map<String, Object> messageType,
        Instant timestamp,
        @JsonProperty("is_read") boolean isRead,
        @JsonProperty("is_delivered") boolean isDelivered,
        long crdtTimestamp,
        String braidVersion,
        List<String> braidParents,
        VersionVector versionVector) {
    /** Always empty: the log has one order. */
    @RegisterForReflection
    public record VersionVector(Map<String, Long> versions) {
        static final VersionVector EMPTY = new VersionVector(Map.of());
    }

    /** Of an entry, as it is read by now. */
    public static MessageView of(Entry entry, Participants participants) {
        Map<String, Object> type = new LinkedHashMap<>();
        type.put("type", entry.type());
        type.putAll(entry.attributes());
        return new MessageView(
                entry.id(),
                entry.conversationId(),
                entry.senderId(),
                entry.content(),
                type,
                entry.createdAt(),
                participants.haveRead(entry.seq(), entry.senderId()),
                true,
                entry.seq(),
                entry.version(),
                List.of(entry.parent()),
                VersionVector.EMPTY);
    }
}
