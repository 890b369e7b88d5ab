package org.xfchat.user;

import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;

/** Who is calling, for resources that are {@link SignedIn}. */
@RequestScoped
public class CurrentCaller {
    private @Nullable Caller caller;

    /** Never null where the resource is {@link SignedIn}. */
    public Caller get() {
        if (caller == null) {
            throw new IllegalStateException("the resource is not @SignedIn");
        }
        return caller;
    }

    void set(Caller signedIn) {
        caller = signedIn;
    }
}
