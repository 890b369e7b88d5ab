/**
 * Following a conversation's log: every subscriber is a cursor, a position after which everything is still to be delivered.
 *
 * <p>Invariants: a cursor only ever takes the entry after its position, so that nothing is lost, repeated or out of order,
 * whatever it hears and misses; its position is all that is remembered of it, so that a slow one costs nothing. A wake-up
 * says only that there may be more: it comes from this replica's commits, from the other replicas' signals, and from a poll
 * every second that needs neither. A feed is registered before its log is read for the first time, so that nothing falls
 * between. What a feed keeps in memory is one unbroken run of the newest entries, limited in bytes, encoded once per format
 * for all its cursors; a cursor behind it reads pages from the database, a few cursors at a time.
 *
 * <p>Lifecycle: a {@link org.xfchat.cursor.Feed} lives as long as somebody follows its conversation here. Failures: while
 * the database is away cursors wait; when the log went back in time (another epoch, or a head before the one that was
 * known) they are cut, and their clients begin anew. Not owned: who may follow, what an entry looks like ({@code
 * org.xfchat.message}), and the sockets ({@code org.xfchat.stream}).
 */
@NullMarked
package org.xfchat.cursor;

import org.jspecify.annotations.NullMarked;
