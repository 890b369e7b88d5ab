package org.xfchat.conversation;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation; its entries refer to it. */
@Entity
@Table(name = "conversations")
public class Conversation extends PanacheEntityBase {
    static final String DIRECT = "direct";
    static final String ROOM = "room";

    @Id
    UUID id;

    String kind;

    @Column(name = "pair_low")
    @Nullable
    UUID pairLow;

    @Column(name = "pair_high")
    @Nullable
    UUID pairHigh;

    @Nullable
    String name;

    @Nullable
    String description;

    @Column(name = "created_by")
    @Nullable
    UUID createdBy;

    @Column(name = "created_at")
    Instant createdAt;

    protected Conversation() {}

    public UUID id() {
        return id;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Conversation conversation && id.equals(conversation.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "Conversation " + id;
    }
}
