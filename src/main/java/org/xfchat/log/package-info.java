/**
 * The log: every conversation is an append-only sequence of entries.
 *
 * <p>Invariants: {@code seq} is gapless from 1 within a conversation and assigned under the conversation's row lock, so
 * that commit order is seq order on every replica. Whatever an append depends on (participation, replays, parents, the
 * newest entry) is read in statements after the one that locks: READ COMMITTED takes a snapshot per statement, and the
 * locking one still sees the past. An entry is never changed. Its time is the database's clock, never before the previous
 * entry's. Every state has exactly one version: the client's, else the entry's id; of the empty log the conversation's id.
 *
 * <p>The conversation's row is locked and not updated: with the head kept in that row, updates fell from 4,600/s to 930/s
 * within 40 s while a dump held a snapshot; read from the index {@code (conversation_id, seq desc)} they stayed level.
 *
 * <p>Appending: {@link org.xfchat.log.Lanes} collects what comes at the same time, and each {@link org.xfchat.log.Lane}
 * writes it together. It speaks JDBC: a transaction of four round trips per message reached 5,000/s,
 * batches of 100 over 1,000 conversations 25,000/s on one connection and, with what others hold skipped, 43,000/s on two.
 * Hence arrays in and rows out, two round trips per batch, of which the second one commits, and no persistence context in
 * between. What becomes of each request is decided in plain Java ({@link org.xfchat.log.Decision}); one refusal does not
 * touch its neighbours.
 *
 * <p>Lock order: conversations by id, then chat_messages by id (two replicas that insert the same ids wait in one
 * direction), then, by foreign keys only, users. A lane skips what somebody else holds, writes it first in its next batch,
 * and waits for a lock only when it has nothing else, and then for one conversation.
 *
 * <p>Failure classes: a deadlock, a serialisation failure or a lock timeout rolls back the batch, which is tried again with
 * jitter, three times in all. A lost, refusing, read-only or silent server makes everybody in the batch {@code UNAVAILABLE}
 * at once; the next batch connects anew. Who inserts and commits without an answer tries once more on a new connection: what had been
 * stored is a replay then, acknowledged and announced. Anything else is the fault of one request, which halves single out.
 * What waits for too long, or does not fit into the queue, is refused and never written.
 *
 * <p>Lifecycle: {@link org.xfchat.log.Lanes#start} and {@link org.xfchat.log.Lanes#stop}; reading has none. Every commit is
 * announced as {@link org.xfchat.log.Committed}, after its senders were answered. Failures: {@code MESSAGE_ID_TAKEN}, {@code
 * VERSION_TAKEN}, {@code PARENT_UNKNOWN}, {@code BUSY}; after {@code UNAVAILABLE} the client does not know, and the same id
 * again is the answer. Not owned: what an entry looks like on the wire ({@code org.xfchat.message}), and who is told
 * across replicas.
 */
@NullMarked
package org.xfchat.log;

import org.jspecify.annotations.NullMarked;
