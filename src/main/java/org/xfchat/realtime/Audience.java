package org.xfchat.realtime;

import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.query.Query;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.participant.Conversations;

/** Whom something about a user concerns. */
@Singleton
class Audience {
    private final Transactions transactions;
    private final Session session;
    private final Conversations conversations;

    Audience(Transactions transactions, Session session, Conversations conversations) {
        this.transactions = transactions;
        this.session = session;
        this.conversations = conversations;
    }

    /** The user's contacts; empty for none. */
    List<UUID> contacts(UUID user) {
        return transactions.read(() ->
                ids(session.createNativeQuery("select contact_user_id from contacts where user_id = ?1", Tuple.class)
                        .setParameter(1, user)));
    }

    /**
     * The user's contacts who take part in a conversation; empty for none.
     *
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, or {@code NOT_PARTICIPANT} when the user does not take part
     */
    List<UUID> contacts(UUID user, UUID conversation) {
        return transactions.read(() -> {
            List<UUID> others = conversations.require(conversation, user).others(user);
            return ids(session.createNativeQuery(
                            "select contact_user_id from contacts where user_id = ?1 and contact_user_id = any(?2)",
                            Tuple.class)
                    .setParameter(1, user)
                    .setParameter(2, others.toArray(UUID[]::new)));
        });
    }

    /** From tuples, of which Hibernate keeps one plan. */
    private static List<UUID> ids(Query<Tuple> query) {
        return query.getResultStream().map(row -> row.get(0, UUID.class)).toList();
    }
}
