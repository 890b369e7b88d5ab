/**
 * PostgreSQL, the only store: how it is reached, what must be true of it before the service starts, and what its failures
 * mean to a client.
 *
 * <p>Invariants: there is no start without a writable, durable, new enough server whose schema is exactly ours; a legacy,
 * newer or foreign database is refused untouched. Every command is one transaction ({@link
 * org.xfchat.database.Transactions}); nothing is acknowledged that was not committed.
 *
 * <p>Lock order everywhere: replicas by id, conversations by id, chat_messages by id, users by id, then friend_requests,
 * conversation_participants and contacts by id, presence last; always {@code for no key update}, but for a replica that is
 * about to be removed.
 *
 * <p>Lifecycle: {@link org.xfchat.database.StartUp} runs before the port opens. Failures: {@link
 * org.xfchat.database.StartUpFailure} ends the process with one line; afterwards a lost database is {@code UNAVAILABLE}.
 * Not owned: what the tables mean.
 */
@NullMarked
package org.xfchat.database;

import org.jspecify.annotations.NullMarked;
