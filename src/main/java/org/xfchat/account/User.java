package org.xfchat.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An account; a tombstone once deleted, with its name, address and hash void. */
@Entity
@Table(name = "users")
public class User extends PanacheEntityBase {
    /**
     * For what HQL has no words for: a lock against whoever refers to the row, and a collation.
     *
     * <p>Never {@code *}: a prepared statement fails once its result changes, and a newer version may add a column while this one
     * serves.
     */
    private static final String SELECT = "select id, username, email, email_shared, password_hash, stripe_customer_id,"
            + " subscription_status, last_seen, created_at, updated_at, deleted_at from users";

    @Id
    UUID id;

    @Nullable
    String username;

    @Nullable
    String email;

    @Column(name = "email_shared")
    boolean emailShared;

    @Column(name = "password_hash")
    @Nullable
    String passwordHash;

    @Column(name = "stripe_customer_id")
    @Nullable
    String stripeCustomerId;

    @Column(name = "subscription_status")
    @Nullable
    String subscriptionStatus;

    @Column(name = "last_seen")
    @Nullable
    Instant lastSeen;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Column(name = "deleted_at")
    @Nullable
    Instant deletedAt;

    protected User() {}

    User(UUID id, String username, String email, String passwordHash, Instant now) {
        this.id = id;
        this.username = username;
        this.email = email;
        this.passwordHash = passwordHash;
        this.createdAt = now;
        this.updatedAt = now;
    }

    public UUID id() {
        return id;
    }

    static Optional<User> liveById(UUID id) {
        return find("id = ?1 and deletedAt is null", id).firstResultOptional();
    }

    /** Locked until the transaction ends, also against whoever is about to refer to it. */
    static Optional<User> liveByIdLocked(UUID id) {
        List<User> found = getSession()
                .createNativeQuery(SELECT + " where id = ?1 and deleted_at is null for update", User.class)
                .setParameter(1, id)
                .getResultList();
        return found.stream().findFirst();
    }

    /** As {@link org.xfchat.auth.LoginName} compares them; of several the one that is spelled exactly so, else the oldest. */
    static Optional<User> liveByUsername(String username) {
        return liveBy("username", username);
    }

    /** The same by address. */
    static Optional<User> liveByEmail(String email) {
        return liveBy("email", email);
    }

    /** There are several in an upgraded database, or where a database's locale once took letters for different. */
    private static Optional<User> liveBy(String column, String text) {
        List<User> users = getSession()
                .createNativeQuery(
                        SELECT + " where lower(" + column
                                + " collate \"C\") = lower(cast(?1 as text) collate \"C\") and deleted_at is null"
                                + " order by " + column + " <> ?1, created_at, id limit 1",
                        User.class)
                .setParameter(1, text)
                .getResultList();
        return users.stream().findFirst();
    }

    void close(Instant now) {
        username = null;
        email = null;
        passwordHash = null;
        stripeCustomerId = null;
        subscriptionStatus = null;
        emailShared = false;
        deletedAt = now;
        updatedAt = now;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof User user && id.equals(user.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "User " + id;
    }
}
