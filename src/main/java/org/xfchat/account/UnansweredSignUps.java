package org.xfchat.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.Users.AuthResponse;
import org.xfchat.auth.Passwords;
import org.xfchat.auth.Tokens;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * Accounts that this replica opened, or may have opened, without anybody being told: the deadline had passed, the commit was
 * lost, the client was gone. Who then signs up once more with the same name, address and password is answered as he would have
 * been. Known here only, and for a while: whoever comes to another replica, or later, is told that the name is taken, and logs in.
 */
@Singleton
class UnansweredSignUps {
    private static final int MOST = 10_000;

    private static final Duration FOR = Duration.ofMinutes(10);

    private final Transactions transactions;
    private final Passwords passwords;
    private final Tokens tokens;
    private final Cache<UUID, Boolean> accounts =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(FOR).build();

    UnansweredSignUps(Transactions transactions, Passwords passwords, Tokens tokens) {
        this.transactions = transactions;
        this.passwords = passwords;
        this.tokens = tokens;
    }

    private record Opened(UserView user, @Nullable String hash) {}

    /** An account is about to be stored. */
    void begin(UUID account) {
        accounts.put(account, true);
    }

    /** Its owner was told, or a stranger tried to be him. */
    void forget(UUID account) {
        accounts.invalidate(account);
    }

    /**
     * The answer that nobody got, for exactly this name and address; empty where there is none.
     *
     * @return fails with {@code USERNAME_TAKEN} for another password, and then it is the last time; or with {@code BUSY}
     */
    Optional<Uni<AuthResponse>> again(String username, String email, String password) {
        if (accounts.estimatedSize() == 0) {
            return Optional.empty();
        }
        return transactions
                .read(() -> User.liveByUsername(username)
                        .filter(user -> accounts.getIfPresent(user.id()) != null
                                && username.equals(user.username)
                                && email.equals(user.email))
                        .map(user -> new Opened(UserView.of(user), user.passwordHash)))
                .map(opened -> Users.onAWorker(passwords.matches(password, opened.hash()))
                        .map(right -> answer(opened.user(), right)));
    }

    private AuthResponse answer(UserView user, boolean right) {
        if (!right) {
            // Nobody finds a password out here.
            forget(user.id());
            throw new ApiException(ErrorCode.USERNAME_TAKEN);
        }
        return new AuthResponse(tokens.issue(user.id(), user.email()), user);
    }
}
