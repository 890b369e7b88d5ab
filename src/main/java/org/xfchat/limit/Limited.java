package org.xfchat.limit;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import java.util.UUID;

/** Marks what is limited: operations, each by its action, and requests, each by its caller. */
public final class Limited {
    private static final String CALLER = Limited.class.getName();

    private Limited() {}

    /** By address. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    public @interface SignUp {}

    /** By address. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    public @interface LogIn {}

    /** By user. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    public @interface FriendRequest {}

    /** By user; slowed down before it is refused. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    public @interface Message {}

    /** By user. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    public @interface Typing {}

    /** Notes whose request it is: as soon as its token is verified, for the limits that come next. */
    public static void by(RoutingContext request, UUID user) {
        request.put(CALLER, user);
    }

    /** Whose request it is; empty where no token was asked for. */
    static Optional<UUID> find(RoutingContext request) {
        return Optional.ofNullable(request.get(CALLER));
    }

    /** @throws IllegalStateException where no filter has verified a token before */
    static UUID caller(RoutingContext request) {
        UUID user = request.get(CALLER);
        if (user == null) {
            throw new IllegalStateException("limited by user, but nobody asked for a token");
        }
        return user;
    }
}
