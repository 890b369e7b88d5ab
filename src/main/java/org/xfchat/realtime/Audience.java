package org.xfchat.realtime;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;
import org.xfchat.database.NativeSql;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.participant.Conversations;

/** Whom something about a user concerns. */
@Singleton
class Audience {
    private final Transactions transactions;
    private final NativeSql sql;
    private final Conversations conversations;

    Audience(Transactions transactions, NativeSql sql, Conversations conversations) {
        this.transactions = transactions;
        this.sql = sql;
        this.conversations = conversations;
    }

    /** The user's contacts; empty for none. */
    List<UUID> contacts(UUID user) {
        return transactions.read(() -> sql.query("select contact_user_id from contacts where user_id = ?1", user)
                .list(row -> row.get(0, UUID.class)));
    }

    /**
     * The user's contacts who take part in a conversation; empty for none.
     *
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, or {@code NOT_PARTICIPANT} when the user does not take part
     */
    List<UUID> contacts(UUID user, UUID conversation) {
        return transactions.read(() -> {
            List<UUID> others = conversations.require(conversation, user).others(user);
            return sql.query(
                            "select contact_user_id from contacts where user_id = ?1 and contact_user_id = any(?2)",
                            user,
                            NativeSql.ids(others))
                    .list(row -> row.get(0, UUID.class));
        });
    }
}
