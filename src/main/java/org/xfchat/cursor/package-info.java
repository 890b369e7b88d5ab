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
 * <p>The path of a message, and what is held where: a lane commits it and announces it ({@code org.xfchat.log}). The feed of
 * its conversation, if somebody follows that here, takes it into its tail: once as text, and once per format as it is
 * written, which is what the size of the tail counts; an entry that is too large for that is left out, and all tails together
 * have a bound. Each event loop wakes its cursors; each cursor whose socket has room
 * offers the bytes that all share to its stream, which counts them to its user for as long as the socket has not taken them.
 * Other replicas hear of it and read what follows their tail, once for all, on threads that do nothing else; so a message does
 * not wait for those who catch up. Who is behind the tail asks for a page: nothing is held while it waits for one of the few
 * readers; a reader makes one page at a time, which is counted before it is encoded, and handed to those who may have so
 * much more; the others ask again when there is so much memory as it takes, and not before. The beginning of a stream is read within its request's memory and
 * forgotten when it is written.
 *
 * <p>Whatever fails on that way, with an error too, is counted ({@code xfchat.failure.survived}) and leaves a state in which
 * the next wake-up tries again.
 *
 * <p>Lifecycle: a {@link org.xfchat.cursor.Feed} lives as long as somebody follows its conversation here. Failures: while
 * the database is away cursors wait; when the log went back in time (another epoch, or a head before the one that was
 * known) they are cut, and their clients begin anew. Not owned: who may follow, what an entry looks like ({@code
 * org.xfchat.message}), and the sockets ({@code org.xfchat.stream}).
 */
@NullMarked
package org.xfchat.cursor;

import org.jspecify.annotations.NullMarked;
