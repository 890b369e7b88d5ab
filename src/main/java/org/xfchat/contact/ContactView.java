package org.xfchat.contact;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The contract's {@code Contact}; name and address are the account's current ones. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ContactView(
        UUID id,
        UUID userId,
        UUID contactUserId,
        String username,
        String email,
        @Nullable String displayName,
        @Nullable String avatarUrl,
        Instant lastSeen,
        boolean isOnline,
        Instant createdAt) {}
