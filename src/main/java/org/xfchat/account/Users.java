package org.xfchat.account;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.auth.Passwords;
import org.xfchat.auth.Passwords.Scheme;
import org.xfchat.auth.Tokens;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.LoginFailures;

/** Accounts from sign-up to deletion. Hashing never happens inside a transaction. */
@Singleton
public class Users {
    /** For how long a log-in waits for a better hash of its password, beyond what it waited for already. */
    private static final Duration RENEWAL = Duration.ofSeconds(1);

    private final Transactions transactions;
    private final NativeSql sql;
    private final Passwords passwords;
    private final Tokens tokens;
    private final LoginFailures failures;
    private final UnansweredSignUps unanswered;
    private final Clock clock;
    private final Event<AccountClosing> closing;

    Users(
            Transactions transactions,
            NativeSql sql,
            Passwords passwords,
            Tokens tokens,
            LoginFailures failures,
            UnansweredSignUps unanswered,
            Clock clock,
            Event<AccountClosing> closing) {
        this.transactions = transactions;
        this.sql = sql;
        this.passwords = passwords;
        this.tokens = tokens;
        this.failures = failures;
        this.unanswered = unanswered;
        this.clock = clock;
        this.closing = closing;
    }

    /** An account and a token for it. */
    public record AuthResponse(String token, UserView user) {}

    /** What log-in needs of an account, detached from the database. */
    private record Login(UserView user, @Nullable String hash, Scheme scheme) {}

    /**
     * Opens an account. Blocks but for the hash, for which nobody holds a thread. Who was never answered, and asks for the same
     * with the same password again, gets the account that is there; {@link #answered} says that somebody was.
     *
     * @param begin called before anything is stored; where it throws nothing is
     * @return fails with {@code INVALID_REQUEST}, {@code USERNAME_TAKEN} or {@code EMAIL_TAKEN}, the first that applies, or
     *     with {@code BUSY}, and then nothing is stored
     */
    public Uni<AuthResponse> signUp(String username, String email, String password, Runnable begin) {
        Credentials.check(username, email, password);
        Optional<Uni<AuthResponse>> again = unanswered.again(username, email, password);
        if (again.isPresent()) {
            return again.get();
        }
        Scheme scheme = transactions.read(() -> {
            refuseTaken(username, email);
            return scheme();
        });
        return onAWorker(passwords.hash(password, scheme))
                .map(hash -> {
                    begin.run();
                    return open(username, email, hash);
                })
                // The first may have been stored while the second was on its way.
                .onFailure(Users::isTaken)
                .recoverWithUni(taken -> unanswered
                        .again(username, email, password)
                        .orElseGet(() -> Uni.createFrom().failure(taken)));
    }

    private static boolean isTaken(Throwable failure) {
        return failure instanceof ApiException refusal
                && (refusal.code() == ErrorCode.USERNAME_TAKEN || refusal.code() == ErrorCode.EMAIL_TAKEN);
    }

    /** The owner of a new account knows of it. */
    void answered(UUID account) {
        unanswered.forget(account);
    }

    static <T> Uni<T> onAWorker(CompletionStage<T> hashing) {
        return Uni.createFrom().completionStage(hashing).emitOn(Infrastructure.getDefaultWorkerPool());
    }

    private AuthResponse open(String username, String email, String hash) {
        UUID id = UUID.randomUUID();
        unanswered.begin(id);
        UserView user = transactions.write(
                () -> {
                    // An account that shares its name or address is outside the unique index.
                    refuseTaken(username, email);
                    User created = new User(id, username, email, hash, clock.instant());
                    created.persistAndFlush();
                    return UserView.of(created);
                },
                Users::taken);
        return new AuthResponse(tokens.issue(user.id(), user.email()), user);
    }

    private static void refuseTaken(String username, String email) {
        if (User.liveByUsername(username).isPresent()) {
            throw new ApiException(ErrorCode.USERNAME_TAKEN);
        }
        if (User.liveByEmail(email).isPresent()) {
            throw new ApiException(ErrorCode.EMAIL_TAKEN);
        }
    }

    private static @Nullable ApiException taken(String key) {
        return switch (key) {
            // Those without "folded" compare as the database's locale does, and go when no version uses them.
            case "users_username_folded_key", "users_username_key" -> new ApiException(ErrorCode.USERNAME_TAKEN);
            case "users_email_folded_key", "users_email_key" -> new ApiException(ErrorCode.EMAIL_TAKEN);
            default -> null;
        };
    }

    /**
     * The session of the account with this user name, or with this address where the name has an {@code @}; empty for an
     * unknown account, a wrong password and a hash that nothing matches alike. Replaces an outdated hash.
     *
     * @param address from which it is tried
     * @throws ApiException {@code TOO_MANY_REQUESTS} after too many failures, whether or not there is such an account
     * @return fails with {@code BUSY} where the password was not looked at, which is not counted as a failure
     */
    public Uni<Optional<AuthResponse>> logIn(String name, String password, String address) {
        LoginFailures.Attempt attempt = new LoginFailures.Attempt(tokens.pseudonym(name), address);
        failures.refuseLocked(attempt);
        // PostgreSQL cannot be asked for U+0000, and no account has it.
        Optional<Login> login = name.indexOf('\0') >= 0
                ? Optional.empty()
                : transactions.read(() -> (name.contains("@") ? User.liveByEmail(name) : User.liveByUsername(name))
                        .map(user -> new Login(UserView.of(user), user.passwordHash, scheme())));
        String hash = login.map(Login::hash).orElse(null);
        return judge(attempt, password, hash).flatMap(right -> {
            if (!right || login.isEmpty() || hash == null) {
                return Uni.createFrom().item(Optional.empty());
            }
            UserView user = login.get().user();
            return renewHash(user.id(), hash, password, login.get().scheme())
                    .map(renewed -> Optional.of(new AuthResponse(tokens.issue(user.id(), user.email()), user)));
        });
    }

    /** Whether the password is the hash's; counted before it is looked at, and forgiven where it was right. */
    private Uni<Boolean> judge(LoginFailures.Attempt attempt, String password, @Nullable String hash) {
        boolean counted = failures.count(attempt);
        return onAWorker(passwords.matches(password, hash))
                .onFailure(unjudged -> counted)
                .invoke(unjudged -> failures.takeBack(attempt))
                .invoke(right -> {
                    if (right) {
                        failures.forgive(attempt);
                    }
                });
    }

    /** Where it is not done soon, the next log-in does it. */
    private Uni<Boolean> renewHash(UUID id, String hash, String password, Scheme scheme) {
        if (transactions.areReadOnly() || !passwords.outdated(hash, scheme)) {
            return Uni.createFrom().item(false);
        }
        return onAWorker(passwords.hash(password, scheme))
                .map(renewed -> transactions.write(() -> User.update(
                                "passwordHash = ?1, updatedAt = ?2 where id = ?3 and passwordHash = ?4",
                                renewed,
                                clock.instant(),
                                id,
                                hash))
                        > 0)
                .ifNoItem()
                .after(RENEWAL)
                .recoverWithItem(false)
                .onFailure(Users::isBusy)
                .recoverWithItem(false);
    }

    private static boolean isBusy(Throwable failure) {
        return failure instanceof ApiException refusal && refusal.code() == ErrorCode.BUSY;
    }

    /**
     * The live account with this id as the caller of a request; empty when it was deleted or never was.
     *
     * @param expires when its token ends
     */
    Optional<Caller> caller(UUID id, Instant expires) {
        // Before nearly every request: two columns by one statement.
        return transactions
                .ask(
                        "select username, email from users where id = ? and deleted_at is null",
                        row -> new Caller(id, row.getString(1), row.getString(2), expires),
                        id)
                .stream()
                .findFirst();
    }

    /** @throws ApiException {@code UNAUTHENTICATED} when the account was deleted meanwhile */
    UserView view(UUID id) {
        return transactions.read(() -> User.liveById(id).map(UserView::of)).orElseThrow(Users::gone);
    }

    /**
     * Leaves a tombstone: name and address are free again, every token ends, what the user wrote stays.
     *
     * @param address from which it is tried: a wrong password counts as a failed log-in
     * @param begin called before anything is changed; where it throws nothing is
     * @throws ApiException {@code TOO_MANY_REQUESTS}
     * @return fails with {@code WRONG_PASSWORD}, or with {@code BUSY}, and then nothing is changed
     */
    Uni<Void> delete(UUID id, String password, String address, Runnable begin) {
        LoginFailures.Attempt attempt = new LoginFailures.Attempt(id, address);
        failures.refuseLocked(attempt);
        String hash = transactions.read(
                () -> User.liveById(id).map(user -> user.passwordHash).orElse(null));
        return judge(attempt, password, hash)
                .invoke(right -> {
                    if (!right) {
                        throw new ApiException(ErrorCode.WRONG_PASSWORD);
                    }
                    begin.run();
                    close(id);
                })
                .replaceWithVoid();
    }

    private void close(UUID id) {
        transactions.write(() -> {
            User.liveByIdLocked(id).orElseThrow(Users::gone).close(clock.instant());
            User.flush();
            closing.fire(new AccountClosing(id));
            return null;
        });
    }

    private static ApiException gone() {
        return new ApiException(ErrorCode.UNAUTHENTICATED);
    }

    /** The live account that an address belongs to; empty for none. */
    public Optional<UUID> idByEmail(String email) {
        return User.liveByEmail(email).map(User::id);
    }

    /**
     * Locks accounts in the stated order, so that none of them is deleted while the transaction runs.
     *
     * @return whether all of them live
     */
    public boolean lockLive(UUID... ids) {
        List<UUID> live = sql.query(
                        "select id from users where id = any(?1) and deleted_at is null order by id for no key update",
                        (Object) ids)
                .list(row -> row.get(0, UUID.class));
        return live.size() == ids.length;
    }

    /** Those of the accounts that live. */
    public Set<UUID> live(Collection<UUID> ids) {
        return transactions.read(() -> Set.copyOf(
                sql.query("select id from users where id = any(?1) and deleted_at is null", NativeSql.ids(ids))
                        .list(row -> row.get(0, UUID.class))));
    }

    /** bcrypt as long as an upgrade can be rolled back, which is as long as its old tables are there. */
    private Scheme scheme() {
        boolean legacy =
                sql.query("select to_regnamespace('legacy') is not null").one(row -> row.get(0, Boolean.class));
        return legacy ? Scheme.BCRYPT : Scheme.ARGON2ID;
    }
}
