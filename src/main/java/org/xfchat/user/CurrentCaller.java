package org.xfchat.user;

import jakarta.enterprise.context.RequestScoped;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;

/** Who is calling, for resources that are {@link SignedIn}, or {@link HoldsToken}. */
@RequestScoped
public class CurrentCaller {
    private @Nullable UUID id;
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
        if (id == null) {
            throw new IllegalStateException("the resource is neither @SignedIn nor @HoldsToken");
        }
        return id;
    }

    void set(Caller signedIn) {
        id = signedIn.id();
        caller = signedIn;
    }

    void set(UUID holder) {
        id = holder;
    }
}
