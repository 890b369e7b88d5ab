package org.xfchat.log;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** An entry as it is stored. */
@Entity
@Immutable
@Table(name = "chat_messages")
public class ChatMessage extends PanacheEntityBase {
    @Id
    UUID id;

    @Column(name = "conversation_id")
    UUID conversationId;

    long seq;

    @Column(name = "sender_id")
    UUID senderId;

    /** Null where the id is the version. */
    @Nullable
    String version;

    String type;

    String content;

    @JdbcTypeCode(SqlTypes.JSON)
    Map<String, Object> attributes;

    @Column(name = "created_at")
    Instant createdAt;

    protected ChatMessage() {}

    /** Where a message stands, and who sent it. */
    @RegisterForReflection
    public record Place(UUID conversationId, long seq, UUID senderId) {}

    /** Of a message in whatever conversation, without its text; empty when there is none. */
    public static Optional<Place> placeOf(UUID id) {
        return find("id", id).project(Place.class).firstResultOptional();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChatMessage message && id.equals(message.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "ChatMessage " + id;
    }
}
