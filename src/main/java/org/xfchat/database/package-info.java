/**
 * PostgreSQL, the only store: how it is reached, what must be true of it before the service starts, and what its failures
 * mean to a client.
 *
 * <p>Invariants: there is no start without a writable, durable, new enough server whose schema is exactly ours; a legacy,
 * newer or foreign database is refused untouched. Every command is one transaction ({@link
 * org.xfchat.database.Transactions}); nothing is acknowledged that was not committed.
 *
 * <p>What a command changes as a whole is an entity (Panache): an account, a friend request; an entry of the log where it is
 * looked up by its id. Everything else that a request or a job
 * asks is SQL of our own ({@link org.xfchat.database.NativeSql}), because it is several steps in
 * one statement, which is one round trip and one snapshot, and because HQL has no locks that are skipped or taken in an order,
 * no conflicts, no windows and no arrays. A row is read by position, into a record: Hibernate keeps one plan of such a question. Lanes,
 * signals, the start and the probe have connections of their own, outside of the pool, and speak JDBC
 * ({@link org.xfchat.database.Sql}).
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
