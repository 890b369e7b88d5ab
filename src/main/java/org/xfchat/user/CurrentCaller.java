package org.xfchat.user;

import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.auth.Tokens;

/** Who is calling, for resources that are {@link SignedIn}, or {@link HoldsToken}. */
@RequestScoped
public class CurrentCaller {
    private Tokens.@Nullable Verified token;
    private @Nullable Caller caller;

    /** Never null where the resource is {@link SignedIn}. */
    public Caller get() {
        if (caller == null) {
            throw new IllegalStateException("the resource is not @SignedIn");
        }
        return caller;
    }

    /** Whose token it is. Only where the resource is {@link SignedIn} it is known that the account lives. */
    public UUID id() {
        return token().userId();
    }

    /** Whose token it is; empty where none was asked for. */
    public Optional<UUID> find() {
        return Optional.ofNullable(token).map(Tokens.Verified::userId);
    }

    Tokens.Verified token() {
        if (token == null) {
            throw new IllegalStateException("the resource is neither @SignedIn nor @HoldsToken");
        }
        return token;
    }

    void set(Tokens.Verified verified) {
        token = verified;
    }

    void set(Caller signedIn) {
        caller = signedIn;
    }
}
