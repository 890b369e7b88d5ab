package org.xfchat.account;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The contract's {@code UserResponse}. */
public record UserView(
        UUID id,
        String username,
        String email,
        @JsonProperty("subscription_status") @Nullable String subscriptionStatus) {
    static UserView of(User user) {
        return new UserView(
                user.id,
                Objects.requireNonNull(user.username),
                Objects.requireNonNull(user.email),
                user.subscriptionStatus);
    }
}
