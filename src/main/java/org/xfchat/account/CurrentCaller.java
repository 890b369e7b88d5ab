package org.xfchat.account;

import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.auth.Tokens;

/** Who is calling, for resources that are {@link Authenticated}, or {@link TokenRequired}. */
@RequestScoped
public class CurrentCaller {
    private final Authenticator authenticator;
    private Tokens.@Nullable Verified token;
    private @Nullable Caller caller;

    CurrentCaller(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Never null where the resource is {@link Authenticated}. */
    public Caller get() {
        if (caller == null) {
            throw new IllegalStateException("the resource is not @Authenticated");
        }
        return caller;
    }

    /**
     * Asks for the account of a resource that is {@link TokenRequired}: now, or later on any thread, which blocks then. Fails with
     * {@code UNAUTHENTICATED} where it was deleted.
     */
    public Supplier<Caller> account() {
        Tokens.Verified verified = token();
        return () -> authenticator.account(verified);
    }

    /** Whose token it is. Only where the resource is {@link Authenticated} it is known that the account lives. */
    public UUID id() {
        return token().userId();
    }

    /** Whose token it is; empty where none was asked for. */
    public Optional<UUID> find() {
        return Optional.ofNullable(token).map(Tokens.Verified::userId);
    }

    Tokens.Verified token() {
        if (token == null) {
            throw new IllegalStateException("the resource is neither @Authenticated nor @TokenRequired");
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
