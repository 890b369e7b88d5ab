package org.xfchat.contact;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The contract's {@code FriendRequest}. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FriendRequestView(
        UUID id,
        UUID fromUserId,
        UUID toUserId,
        String fromUsername,
        String fromEmail,
        String toEmail,
        @Nullable String message,
        String status,
        Instant createdAt,
        @Nullable Instant respondedAt) {}
