package org.xfchat.contact;

import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.account.AccountClosing;
import org.xfchat.account.Users;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.participant.Conversations;

/** Asking, answering and listing. */
@Singleton
public class Friends {
    // The client shows these to the person who asked.
    private static final String UNKNOWN = "User not found";
    private static final String FRIENDS = "Already friends";
    private static final String PENDING = "Friend request already pending";
    private static final String SELF = "You cannot send a friend request to yourself";

    private static final String VIEW = """
            select r.id, r.from_user_id, r.to_user_id, f.username, f.email, t.email as to_email,
                   r.message, r.status, r.created_at, r.responded_at
            from friend_requests r
            join users f on f.id = r.from_user_id and f.deleted_at is null
            join users t on t.id = r.to_user_id and t.deleted_at is null
            """;

    private final Transactions transactions;
    private final NativeSql sql;
    private final Users users;
    private final Conversations conversations;
    private final Clock clock;
    private final Event<Object> events;

    Friends(
            Transactions transactions,
            NativeSql sql,
            Users users,
            Conversations conversations,
            Clock clock,
            Event<Object> events) {
        this.transactions = transactions;
        this.sql = sql;
        this.users = users;
        this.conversations = conversations;
        this.clock = clock;
        this.events = events;
    }

    /** A request, or why there is none. */
    record Asked(
            @Nullable FriendRequestView request, @Nullable String refusal) {}

    /** Asks the account with this address; a refusal leaves nothing behind. */
    Asked ask(UUID from, String toEmail, @Nullable String message) {
        Asked asked = transactions.write(() -> {
            Optional<UUID> to = users.idByEmail(toEmail);
            if (to.isEmpty()) {
                return new Asked(null, UNKNOWN);
            }
            if (to.get().equals(from)) {
                return new Asked(null, SELF);
            }
            if (!users.lockLive(from, to.get())) {
                return new Asked(null, UNKNOWN);
            }
            return askLocked(from, to.get(), message);
        });
        if (asked.request() != null) {
            events.fire(new FriendRequestSent(asked.request()));
        }
        return asked;
    }

    private Asked askLocked(UUID from, UUID to, @Nullable String message) {
        if (areContacts(from, to)) {
            return new Asked(null, FRIENDS);
        }
        if (FriendRequest.isPending(from, to) || FriendRequest.isBlocked(from, to)) {
            return new Asked(null, PENDING);
        }
        FriendRequest request = new FriendRequest(UUID.randomUUID(), from, to, message, clock.instant());
        request.persistAndFlush();
        return new Asked(
                sql.query(VIEW + " where r.id = ?1", request.id)
                        .records(FriendRequestView.class)
                        .get(0),
                null);
    }

    private boolean areContacts(UUID one, UUID other) {
        return sql.query("select exists (select from contacts where user_id = ?1 and contact_user_id = ?2)", one, other)
                .one(row -> row.get(0, Boolean.class));
    }

    /**
     * Answers a request: accepting makes both contacts and opens, or reuses, their direct conversation. The same answer
     * again changes nothing.
     *
     * @throws ApiException {@code FRIEND_REQUEST_NOT_FOUND} when there is none or one of the two accounts is gone, {@code
     *     NOT_RECIPIENT}, {@code ALREADY_ANSWERED} when the other answer was given before
     */
    void answer(UUID recipient, UUID requestId, boolean accept) {
        Optional<FriendRequestAnswered> answered = transactions.write(() -> {
            UUID from = senderOf(recipient, requestId);
            if (!users.lockLive(from, recipient)) {
                throw notFound();
            }
            FriendRequest request = FriendRequest.byIdLocked(requestId).orElseThrow(Friends::notFound);
            if (request.isPending()) {
                request.answer(accept, clock.instant());
                UUID conversation = accept ? befriend(from, recipient) : null;
                return Optional.of(new FriendRequestAnswered(requestId, from, recipient, conversation));
            }
            if (request.status.equals(FriendRequest.ACCEPTED) != accept) {
                throw new ApiException(ErrorCode.ALREADY_ANSWERED);
            }
            return Optional.empty();
        });
        answered.ifPresent(events::fire);
    }

    private record Pair(UUID from, UUID to) {}

    /** Read as a row and not as the entity, which is read when it is locked. */
    private UUID senderOf(UUID recipient, UUID requestId) {
        Pair asked = sql.query("select from_user_id, to_user_id from friend_requests where id = ?1", requestId)
                .first(row -> new Pair(row.get(0, UUID.class), row.get(1, UUID.class)))
                .orElseThrow(Friends::notFound);
        if (!asked.to().equals(recipient)) {
            throw new ApiException(ErrorCode.NOT_RECIPIENT);
        }
        return asked.from();
    }

    private static ApiException notFound() {
        return new ApiException(ErrorCode.FRIEND_REQUEST_NOT_FOUND);
    }

    private UUID befriend(UUID requester, UUID recipient) {
        sql.update("""
                        insert into contacts (id, user_id, contact_user_id)
                        values (gen_random_uuid(), ?1, ?2), (gen_random_uuid(), ?2, ?1)
                        on conflict on constraint contacts_pair_key do nothing
                        """, requester, recipient);
        return conversations.openDirect(requester, recipient);
    }

    /** Requests to this user that wait for an answer, newest first; empty for none. */
    List<FriendRequestView> pending(UUID recipient) {
        return transactions.read(() -> sql.query(VIEW + """
                        where r.to_user_id = ?1 and r.status = 'pending'
                        order by r.created_at desc, r.id
                        """, recipient).records(FriendRequestView.class));
    }

    /** Everybody this user is friends with, by user name; empty for none. */
    List<ContactView> contacts(UUID user) {
        return transactions.read(() -> sql.query("""
                        select c.id, c.user_id, c.contact_user_id, u.username, u.email, c.display_name, c.avatar_url,
                               coalesce(u.last_seen, u.created_at) as last_seen,
                               exists (select from presence p join replicas r on r.id = p.replica_id
                                       where p.user_id = c.contact_user_id and r.lease_until > now()) as is_online,
                               c.created_at
                        from contacts c join users u on u.id = c.contact_user_id and u.deleted_at is null
                        where c.user_id = ?1
                        order by lower(u.username collate "C"), u.username collate "C"
                        """, user).records(ContactView.class));
    }

    /** A deleted account is nobody's contact any more, and what waited for its answer, or for one to it, is over. */
    void forget(@Observes AccountClosing closing) {
        // Each by id, as everybody locks them: two friends may delete themselves at the same time.
        for (String statement : new String[] {
            "with pending as (select id from friend_requests where (from_user_id = ?1 or to_user_id = ?1)"
                    + " and status = 'pending' order by id for no key update)"
                    + " update friend_requests r set status = 'rejected', responded_at = now()"
                    + " from pending where r.id = pending.id",
            "with mine as (select id from contacts where user_id = ?1 or contact_user_id = ?1 order by id for update)"
                    + " delete from contacts c using mine where c.id = mine.id"
        }) {
            sql.update(statement, closing.userId());
        }
    }
}
