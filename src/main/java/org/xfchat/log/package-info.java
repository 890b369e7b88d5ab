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
 * <p>Lifecycle: none. Failures: {@code MESSAGE_ID_TAKEN}, {@code VERSION_TAKEN}, {@code PARENT_UNKNOWN}; after {@code
 * UNAVAILABLE} the client does not know, and the same id again is the answer. Not owned: what an entry looks like on the
 * wire ({@code org.xfchat.message}).
 */
@NullMarked
package org.xfchat.log;

import org.jspecify.annotations.NullMarked;
