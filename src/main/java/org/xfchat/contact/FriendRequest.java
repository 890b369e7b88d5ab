package org.xfchat.contact;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who asked whom, and the answer. */
@Entity
@Table(name = "friend_requests")
public class FriendRequest extends PanacheEntityBase {
    static final String PENDING = "pending";
    static final String ACCEPTED = "accepted";
    static final String REJECTED = "rejected";
    static final String BLOCKED = "blocked";

    @Id
    UUID id;

    @Column(name = "from_user_id")
    UUID fromUserId;

    @Column(name = "to_user_id")
    UUID toUserId;

    @Nullable
    String message;

    String status;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "responded_at")
    @Nullable
    Instant respondedAt;

    protected FriendRequest() {}

    FriendRequest(UUID id, UUID fromUserId, UUID toUserId, @Nullable String message, Instant now) {
        this.id = id;
        this.fromUserId = fromUserId;
        this.toUserId = toUserId;
        this.message = message;
        this.status = PENDING;
        this.createdAt = now;
    }

    /** Whether one is pending between two users, in either direction. */
    static boolean isPending(UUID one, UUID other) {
        return count(
                        "status = ?3 and (fromUserId = ?1 and toUserId = ?2 or fromUserId = ?2 and toUserId = ?1)",
                        one,
                        other,
                        PENDING)
                > 0;
    }

    /** Whether the recipient has blocked the sender for good (only in upgraded databases). */
    static boolean isBlocked(UUID from, UUID to) {
        return count("status = ?3 and fromUserId = ?1 and toUserId = ?2", from, to, BLOCKED) > 0;
    }

    /** Locked until the transaction ends. */
    static Optional<FriendRequest> byIdLocked(UUID id) {
        return find("id", id).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional();
    }

    boolean isPending() {
        return status.equals(PENDING);
    }

    void answer(boolean accepted, Instant now) {
        status = accepted ? ACCEPTED : REJECTED;
        respondedAt = now;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FriendRequest request && id.equals(request.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "FriendRequest " + id;
    }
}
